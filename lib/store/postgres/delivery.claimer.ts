import type { Clock } from '../../platform/clock.js';
import { flagOf, numberOf, numberOrNull, Row, textOf } from '../codec/row.js';
import type { SubscriptionCodec } from '../codec/subscription.codec.js';
import type { Claim, ClaimRequest } from '../webhook.store.js';
import { ClaimFloor, Seen } from './claim.floor.js';
import { ClaimedRows, decodeClaims, DecodedClaims } from './claim.decoder.js';
import { ClaimStatements, claimStatements } from './claim.statements.js';
import { LaterPause } from './later.pause.js';
import { PostgresStoreError } from './postgres-store.error.js';
import type { Tables } from './schema.tables.js';
import { Query, textArray } from './sql.query.js';

/** What was held, and what else there is. */
export interface Taken extends DecodedClaims {
  readonly nextDueIn: number | null;
  readonly passedOver: boolean;
}

// Some more than the limit, for what is passed over.
const SPARE = 16;

// What another claimant has its hands on is there again, or gone, in a moment.
const CONTENDED_DELAY = 50;

// So long the oldest first tries are not looked at when they were of subscriptions without room.
const CROWDED_FOR = 100;

const NOTHING: Taken = { claims: [], unreadable: [], nextDueIn: null, passedOver: false };

const UNIQUE_VIOLATION = '23505';

/** Holds deliveries. */
export class DeliveryClaimer {
  private readonly statements: ClaimStatements;
  private readonly laterPause: LaterPause;
  private readonly floor: ClaimFloor;
  private crowdedUntil = -Infinity;

  constructor(
    tables: Tables,
    private readonly subscriptions: SubscriptionCodec,
    private readonly clock: Clock,
  ) {
    this.laterPause = new LaterPause(clock);
    this.floor = new ClaimFloor(clock);
    this.statements = claimStatements(tables);
  }

  /** To be called when something older than all that was seen may be due. */
  lookBack(): void {
    this.floor.reset();
  }

  async claim(query: Query, request: ClaimRequest): Promise<Taken> {
    try {
      return await this.take(query, request);
    } catch (error) {
      if (!(error instanceof PostgresStoreError) || error.sqlState !== UNIQUE_VIOLATION)
        throw error;
      // Somebody else has just begun one of the same line, before it was seen that this stands before it.
      return { ...NOTHING, nextDueIn: CONTENDED_DELAY };
    }
  }

  private async take(query: Query, request: ClaimRequest): Promise<Taken> {
    const { limit, deliveryIds } = request;
    if (deliveryIds !== undefined) {
      const params = [...roomParams({ ...request, laterShare: limit }), textArray(deliveryIds)];
      const rows = await claimed(query, this.statements.ofIds, params);
      const { claims, unreadable, passedOver } = this.taken(rows);
      return { claims, unreadable, nextDueIn: askAgainIn(rows), passedOver };
    }
    const pause = this.laterPause.left(request);
    if (pause === 0) return this.takeDue(query, request);
    const taken = await this.takeDue(query, { ...request, laterShare: 0, laterLimit: 0 });
    return { ...taken, nextDueIn: Math.min(taken.nextDueIn ?? pause, pause) };
  }

  private async takeDue(query: Query, request: ClaimRequest): Promise<Taken> {
    if (this.clock.elapsed() < this.crowdedUntil) {
      const taken = await this.claimRest(query, request, { ...NOTHING, passedOver: true });
      if (taken.claims.length > 0 || (taken.nextDueIn ?? Infinity) > CONTENDED_DELAY) return taken;
      // Others have their hands on what is due: the oldest are locked for each claimant.
    }
    const { limit } = request;
    const window = limit + Math.ceil(limit / 4) + SPARE;
    const { first: firstSince, later: laterSince } = this.floor.next();
    const params = [...roomParams(request), window, firstSince, laterSince];
    const rows = await claimed(query, this.statements.byAge, params);
    // What others have their hands on may be older than what was seen.
    if (!flagOf(rows, 'contended')) this.floor.note(seenIn(rows));
    const first = this.taken(rows);
    if (!isCrowded(rows, window, request)) return first;
    if (numberOf(rows, 'fresh_seen') === window) {
      this.crowdedUntil = this.clock.elapsed() + CROWDED_FOR;
    }
    return this.claimRest(query, request, first);
  }

  async claimAbandoned(query: Query, limit: number, lease: number): Promise<DecodedClaims> {
    const rows = await claimed(query, this.statements.abandoned, [limit, lease]);
    return decodeClaims(rows, this.subscriptions);
  }

  /** The oldest were of subscriptions without room: the others are looked for one by one. */
  private async claimRest(query: Query, request: ClaimRequest, first: Taken): Promise<Taken> {
    const { limit, laterShare, laterLimit } = request;
    const held = [...first.claims, ...first.unreadable];
    const later = held.filter(isLater).length;
    const left = {
      ...request,
      limit: limit - held.length,
      laterShare: Math.max(0, laterShare - later),
      laterLimit: laterLimit - later,
      room: roomLeft(request, first),
    };
    let rows;
    try {
      rows = await claimed(query, this.statements.bySubscription, roomParams(left));
    } catch (error) {
      if (held.length === 0) throw error;
      return first;
    }
    const rest = this.taken(rows);
    const mayTakeLater = left.laterLimit > 0 && left.limit > rest.claims.length;
    if (mayTakeLater && !rest.claims.some(isLater)) {
      this.laterPause.begin(rows['later_without_room'] as string[]);
    }
    return {
      claims: [...first.claims, ...rest.claims],
      unreadable: [...first.unreadable, ...rest.unreadable],
      nextDueIn: first.nextDueIn === 0 ? 0 : rest.nextDueIn,
      passedOver: first.passedOver || rest.passedOver,
    };
  }

  private taken(rows: ClaimedRows): Taken {
    return {
      ...decodeClaims(rows, this.subscriptions),
      nextDueIn: nextDueIn(rows),
      passedOver: flagOf(rows, 'passed_over'),
    };
  }
}

async function claimed(
  query: Query,
  sql: string,
  params: readonly unknown[],
): Promise<ClaimedRows> {
  const [row = {}] = await query(sql, params);
  return JSON.parse(textOf(row, 'claimed')) as ClaimedRows;
}

function isLater({ delivery: { tries, replayed } }: Pick<Claim, 'delivery'>): boolean {
  return replayed || tries > 1;
}

function roomParams(request: ClaimRequest): unknown[] {
  const { limit, laterShare, laterLimit, lease, perSubscription, room } = request;
  return [
    limit,
    laterShare,
    lease,
    perSubscription,
    JSON.stringify(Object.fromEntries(room)),
    laterLimit,
  ];
}

function seenIn(summary: Row): Seen {
  const oldest = {
    first: numberOrNull(summary, 'fresh_oldest'),
    later: numberOrNull(summary, 'again_oldest'),
  };
  return { now: numberOf(summary, 'now'), oldest };
}

function isCrowded(summary: Row, window: number, { limit, laterLimit }: ClaimRequest): boolean {
  if (numberOf(summary, 'seated_count') >= limit) return false;
  const moreFresh = numberOf(summary, 'fresh_seen') === window;
  const moreLater = numberOf(summary, 'again_seen') === window;
  return moreFresh || (moreLater && numberOf(summary, 'again_seated') < laterLimit);
}

function roomLeft(request: ClaimRequest, taken: Taken): ReadonlyMap<string, number> {
  const room = new Map(request.room);
  for (const { delivery } of taken.claims) {
    const { subscriptionId } = delivery;
    room.set(subscriptionId, (room.get(subscriptionId) ?? request.perSubscription) - 1);
  }
  for (const { delivery } of taken.unreadable) room.set(delivery.subscriptionId, 0);
  return room;
}

function nextDueIn(summary: Row): number | null {
  if (numberOf(summary, 'seated_count') > numberOf(summary, 'picked_count')) return 0;
  // What was parked has kept others from being looked at.
  if (numberOf(summary, 'parked') > 0 || flagOf(summary, 'released')) return 0;
  const next = numberOrNull(summary, 'next_due');
  const wait = next === null ? null : next - numberOf(summary, 'now');
  return flagOf(summary, 'contended') ? Math.min(wait ?? CONTENDED_DELAY, CONTENDED_DELAY) : wait;
}

function askAgainIn(summary: Row): number | null {
  if (flagOf(summary, 'released')) return 0;
  return flagOf(summary, 'contended') ? CONTENDED_DELAY : null;
}
