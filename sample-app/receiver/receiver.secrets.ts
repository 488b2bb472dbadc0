/**
 * The secrets that the receiver accepts. A receiver elsewhere reads its secret from the environment;
 * this one is given it when the shop has subscribed it, or starts again.
 */
export const receiverSecrets: string[] = [];
