export type { EncryptionKey } from '../codec/encryption.key.js';
export { UnreadableRecordError } from '../codec/unreadable-record.error.js';
export { SqliteBusyError } from './sqlite-busy.error.js';
export { SqliteFailureError } from './sqlite-failure.error.js';
export { SqliteSchemaError } from './sqlite-schema.error.js';
export { SqliteWebhookStore } from './sqlite-webhook.store.js';
export type { SqliteDatabase, SqliteStatement, SqliteValue } from './sqlite.database.js';
export type { SqliteWebhookStoreOptions } from './sqlite.options.js';
