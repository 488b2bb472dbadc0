import { DynamicModule, INestApplication, LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { request } from 'undici';
import { Clock, ClockTimer } from '../../../../lib/platform/clock.js';
import type { ForgedRequest } from '../../signing/support/forgeries.js';

export type Platform = 'express' | 'fastify';
export const PLATFORMS: readonly Platform[] = ['express', 'fastify'];

/** Time as the test sets it. */
export class FixedClock extends Clock {
  constructor(public time: number) {
    super();
  }

  now(): number {
    return this.time;
  }

  elapsed(): number {
    return this.time;
  }

  setTimer(): ClockTimer {
    throw new Error('A receiver arms no timer');
  }
}

/** Keeps what is logged. */
export class RecordingLogger implements LoggerService {
  readonly lines: string[] = [];

  readonly log = (): void => {};
  readonly debug = (...parts: unknown[]): void => this.keep('debug', parts);
  readonly warn = (...parts: unknown[]): void => this.keep('warn', parts);
  readonly error = (...parts: unknown[]): void => this.keep('error', parts);

  private keep(level: string, parts: readonly unknown[]): void {
    this.lines.push([level, ...parts.map(String)].join(' '));
  }
}

/** What a receiver answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** How a request is sent; `post` to `/hook` as JSON by default. */
export interface Sending {
  readonly path?: string;
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly prefix?: string;
  readonly contentType?: string | null;
  readonly headers?: Record<string, string>;
}

/** A running application with the given controllers, and nothing else of this package. */
export class ReceiverApp {
  readonly logger = new RecordingLogger();
  private app!: INestApplication;
  private url!: string;

  static async start(
    platform: Platform,
    controllers: Type[],
    options: { providers?: DynamicModule['providers']; rawBody?: boolean } = {},
  ): Promise<ReceiverApp> {
    class ReceiverModule {}
    const { providers = [], rawBody = true } = options;
    const receiver = new ReceiverApp();
    receiver.app = await NestFactory.create(
      { module: ReceiverModule, controllers, providers },
      platform === 'express' ? new ExpressAdapter() : new FastifyAdapter(),
      { rawBody, logger: receiver.logger, abortOnError: false },
    );
    await receiver.app.listen(0, '127.0.0.1');
    receiver.url = await receiver.app.getUrl();
    return receiver;
  }

  async send(signed: ForgedRequest, sending: Sending = {}): Promise<Answer> {
    const { path = '/hook', method = 'POST', prefix = 'webhook-' } = sending;
    const { contentType = 'application/json', headers = {} } = sending;
    const given = Object.entries({
      ...(contentType === null ? {} : { 'content-type': contentType }),
      [`${prefix}id`]: signed.id,
      [`${prefix}timestamp`]: signed.timestamp,
      [`${prefix}signature`]: signed.signature,
      ...headers,
    });
    const answer = await request(this.url + path, {
      method,
      // A flat list, so that a header can be sent twice.
      headers: given.flatMap(([name, value]) =>
        [value ?? []].flat().flatMap((text) => [name, text]),
      ),
      body: signed.body === '' ? null : signed.body,
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: await answer.body.text(),
    };
  }

  async stop(): Promise<void> {
    await this.app.close();
  }
}
