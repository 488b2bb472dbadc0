import { createPostgresBackend, runMigrations } from 'bullmq';
import pg from 'pg';
import { startQueue } from '../support/bullmq.sender.mjs';

export const title = 'BullMQ job + `axios.post`, PostgreSQL';
export const needs = ['postgres'];

export async function start(run) {
  const connectionString = run.servers.postgres.url;
  const schema = `${run.scratch.name}_queue`;
  const client = new pg.Client({ connectionString });
  await client.connect();
  await runMigrations(client, schema);
  await client.end();
  const connection = { connectionString, schema, max: 10 };
  return startQueue(run, run.scratch.name, connection, createPostgresBackend);
}
