import { Injectable, Logger } from '@nestjs/common';
import { WebhookService } from 'nestjs-webhooks';
import { Database } from '../database/database.js';
import { receiverSecrets } from './receiver.secrets.js';

/** A webhook that was handled. */
export interface ReceivedWebhook {
  readonly id: string;
  readonly eventType: string;
  readonly method: string;
  readonly body: unknown;
}

interface ReceivedRow {
  readonly id: string;
  readonly event_type: string;
  readonly method: string;
  readonly body: string;
}

const MOST_SHOWN = 100;

/** Handles webhooks: here it only notes them. */
@Injectable()
export class ReceiverService {
  private readonly logger = new Logger(ReceiverService.name);

  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookService,
  ) {}

  /** The latest webhooks, that of the newest event first. */
  async latest(): Promise<readonly ReceivedWebhook[]> {
    const rows = await this.database.query<ReceivedRow>(
      'SELECT * FROM shop_received ORDER BY id DESC LIMIT ?',
      MOST_SHOWN,
    );
    return rows.map(({ id, event_type: eventType, method, body }) => {
      return { id, eventType, method, body: JSON.parse(body) };
    });
  }

  /**
   * Subscribes the shop's own receiver to everything, so that there is something to see. It keeps its
   * secret, so that a later start, or another process on the same database, verifies with it too.
   */
  async subscribe(url: string): Promise<void> {
    await this.database.alone(async () => {
      const known = await this.database.query('SELECT url FROM shop_receivers WHERE url = ?', url);
      if (known.length > 0) return;
      const wanted = { url, eventTypes: ['*'], description: 'The shop itself' };
      const { secret } = await this.webhooks.subscribe(wanted);
      await this.database.query('INSERT INTO shop_receivers VALUES (?, ?)', url, secret);
    });
    const rows = await this.database.query<{ readonly secret: string }>(
      'SELECT secret FROM shop_receivers',
    );
    receiverSecrets.splice(0, Infinity, ...rows.map(({ secret }) => secret));
  }

  async handle({ id, eventType, method, body }: ReceivedWebhook): Promise<void> {
    // The guard remembers ids while its process lives, the table for ever and for every process.
    const noted = await this.database.query(
      'INSERT INTO shop_received VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id',
      id,
      eventType,
      method,
      JSON.stringify(body),
    );
    if (noted.length > 0) this.logger.log(`Received ${eventType} as ${id}`);
  }
}
