import { numberOf } from '../codec/row.js';
import type { ConnectionPool } from './connection.pool.js';
import type { Tables } from './schema.tables.js';
import { NOW } from './sql.expressions.js';

/** Knows which processes deliver, by what each of them says of itself. */
export class ReplicaRegister {
  private readonly note: string;
  private readonly forget: string;

  constructor(
    { replicas }: Tables,
    private readonly pool: ConnectionPool,
  ) {
    this.note = `WITH moment AS MATERIALIZED (SELECT ${NOW} AS now), noted AS (
        INSERT INTO ${replicas} (id, expires_at) SELECT $1, now + $2::bigint FROM moment
        ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at
      )
      SELECT count(*)::int AS others FROM ${replicas}, moment WHERE id <> $1 AND expires_at > now`;
    // Without waiting for a lock: two that forget each other would else wait for each other.
    this.forget = `DELETE FROM ${replicas} WHERE id = ANY (ARRAY(
        SELECT id FROM ${replicas} WHERE expires_at <= ${NOW} AND id <> $1 FOR UPDATE SKIP LOCKED
      ))`;
  }

  /** @returns how many there are, this one included */
  async noteReplica(id: string, ttl: number): Promise<number> {
    const [row = {}] = await this.pool.query(this.note, [id, ttl]);
    await this.pool.query(this.forget, [id]);
    return numberOf(row, 'others') + 1;
  }
}
