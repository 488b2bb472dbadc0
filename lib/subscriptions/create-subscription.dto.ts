import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
} from 'class-validator';
import type { PayloadFilter } from '../store/payload-filter.record.js';
import type { RetrySchedule } from '../store/retry-schedule.record.js';
import type {
  ClientCertificate,
  SubscriptionAuth,
} from '../store/subscription-credentials.record.js';

/** What a tenant can say of a subscription: usable as the body of a controller's route. */
export class CreateSubscriptionDto {
  /** Where the webhooks go: an absolute URL that the egress policy allows. */
  @IsString()
  @MaxLength(2048)
  url!: string;

  /** Event types wanted: exact names, prefixes such as `order.*`, or `*`. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  eventTypes!: string[];

  /** The tenant's own note. */
  @IsOptional()
  @IsString()
  @MaxLength(1024)
  description?: string;

  /** Custom request headers: at most 20, with 4096 characters in all. */
  @IsOptional()
  @IsObject()
  headers?: Record<string, string>;
}

/** What the application can say of a new subscription. */
export interface CreateSubscription extends CreateSubscriptionDto {
  /** The application's own notes: at most 50 texts of up to 512 characters. Never sent. */
  metadata?: Record<string, string>;
  /**
   * A secret the receiver has already, in the form the configured signature schemes use.
   * @default `whsec_` and 32 random bytes
   */
  secret?: string;
  /**
   * How requests are authorised, beside their signature, in an `authorization` header. Never shown again.
   * @default not at all
   */
  auth?: SubscriptionAuth;
  /** Shown to the receiver in the TLS handshake; only for https URLs. Never shown again. @default none */
  clientCertificate?: ClientCertificate;
  /** Its own schedule. @default the module's */
  retry?: RetrySchedule;
  /**
   * Which payloads it wants: at most 50 conditions, 5 levels deep. It goes by what is sent as payload,
   * also where an envelope is around it.
   * @default all
   */
  filter?: PayloadFilter;
  /** Requests at once, in one process: 1 to 10000. @default the module's `perSubscription` */
  concurrency?: number;
  /**
   * Requests a second: 0.001 to 10000. Processes on one database share it in equal parts. About one
   * second's worth, or one request of each process, may be begun at once; and for one `sweepInterval`
   * after a process has started it counts in addition to what the others send.
   * @default no limit
   */
  rateLimit?: number;
}

/** What can be changed of a subscription. What is left out stays as it is. */
export type UpdateSubscription = Partial<Omit<CreateSubscription, 'secret' | Removable>> & {
  /** Null takes back what was set. */
  [K in Removable]?: CreateSubscription[K] | null;
};

type Removable = 'auth' | 'clientCertificate' | 'retry' | 'filter' | 'concurrency' | 'rateLimit';
