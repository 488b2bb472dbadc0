export type { EncryptionKey } from '../codec/encryption.key.js';
export { UnreadableRecordError } from '../codec/unreadable-record.error.js';
export { PostgresStoreError } from './postgres-store.error.js';
export { PostgresWebhookStore } from './postgres-webhook.store.js';
export type { PostgresWebhookStoreOptions } from './postgres.options.js';
export type { PostgresClient, PostgresPool, PostgresQueryConfig } from './postgres.pool.js';
export { SchemaOutdatedError } from './schema-outdated.error.js';
export type { SqlQuery, SqlTransaction } from './transaction/sql.query.js';
export { UnknownTransactionError } from './transaction/unknown-transaction.error.js';
