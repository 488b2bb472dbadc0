export { github } from './github.scheme.js';
export { hmacHex } from './hmac-hex.scheme.js';
export type { HmacHexOptions } from './hmac-hex.scheme.js';
export { InvalidSecretError } from './invalid-secret.error.js';
export { InvalidSignatureOptionError } from './invalid-signature-option.error.js';
export { createSecret } from './secret.factory.js';
export { secretHint } from './secret.hint.js';
export { sign } from './sign.js';
export type { SignOptions } from './sign.js';
export type {
  SignatureInput,
  SignatureScheme,
  SignedHeaders,
  SignedRequest,
  VerificationOptions,
  VerifiedWebhook,
} from './signature.scheme.js';
export type { KeyPurpose, SigningKey } from './signing-key.js';
export type { SchemeOptions, SecretChoice } from './signing.options.js';
export { standardWebhooks } from './standard-webhooks.scheme.js';
export { stripe } from './stripe.scheme.js';
export { verify } from './verify.js';
export type { ReceivedHeaders, VerifyOptions } from './verify.js';
export { WebhookVerificationError } from './webhook-verification.error.js';
export type { VerificationFailure } from './webhook-verification.error.js';
export { WebhooksError } from '../webhooks.error.js';
