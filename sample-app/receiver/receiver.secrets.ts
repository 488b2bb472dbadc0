/**
 * The secrets that the receiver accepts, newest first. A receiver elsewhere reads its secret from the
 * environment; this one learns it when the shop subscribes it.
 */
export const receiverSecrets: string[] = [];
