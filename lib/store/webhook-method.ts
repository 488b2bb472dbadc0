/** HTTP methods a webhook can be sent with. */
export const WEBHOOK_METHODS = ['post', 'put', 'patch', 'delete'] as const;

/** HTTP method of a webhook request, in lower case as in an OpenAPI path item. */
export type WebhookMethod = (typeof WEBHOOK_METHODS)[number];
