import { clockAhead, clockBehind } from './clocks.mjs';
import {
  connectionCut,
  connectionForgotten,
  connectionSlow,
  connectionStalled,
} from './connections.mjs';
import { threeReplicas } from './distributed.mjs';
import { sameKeyAtOnce } from './idempotency.mjs';
import { killedAtEachPoint, killedAtRandom, killedFiveTimes } from './kills.mjs';
import { deadNeighbour } from './neighbours.mjs';
import { orderAmongReplicas, orderOfOneProcess } from './ordering.mjs';
import { poisonDeliveries, poisonSubscriptions } from './poison.mjs';
import { poolExhausted, readOnly } from './refusals.mjs';
import {
  redisClockAhead,
  redisClockBehind,
  redisEmptied,
  redisFull,
  redisHalfOpen,
  redisKilled,
  redisKilledWithLog,
  redisKillSameDelivery,
  redisSlow,
} from './redis.mjs';
import { restartedAtOnce, restartedFast } from './restarts.mjs';
import { toldToEnd } from './shutdowns.mjs';
import { killedWhileWriting } from './sqlite.mjs';
import { deletedInRetries, disabledInRetries, secretRotatedInRetries } from './subscriptions.mjs';
import { inTransactions } from './transactions.mjs';

/**
 * What is run, by the name that `--only` takes. It has a schema of its own on the common server, unless
 * it needs a server to itself or works on a file; the slowest come first.
 */
export const SCENARIOS = {
  distributed: { run: threeReplicas, on: 'own server', needs: 'redis-server' },
  'kill-at-random': { run: killedAtRandom },
  'postgres-restart-fast': { run: restartedFast, on: 'own server' },
  'postgres-restart-immediate': { run: restartedAtOnce, on: 'own server' },
  'kill-at-each-point': { run: killedAtEachPoint },
  'kill-same-delivery': { run: killedFiveTimes },
  'ordering-kill': { run: orderAmongReplicas },
  'sqlite-ordering-kill': { run: orderOfOneProcess, on: 'file' },
  'sqlite-kill': { run: killedWhileWriting, on: 'file' },
  'connection-cut': { run: connectionCut },
  'connection-stalled': { run: connectionStalled },
  'connection-forgotten': { run: connectionForgotten },
  'connection-slow': { run: connectionSlow },
  'redis-half-open': { run: redisHalfOpen, needs: 'redis-server' },
  'redis-kill': { run: redisKilled, needs: 'redis-server' },
  'redis-kill-with-log': { run: redisKilledWithLog, needs: 'redis-server' },
  'redis-kill-same-delivery': { run: redisKillSameDelivery, needs: 'redis-server' },
  'redis-emptied': { run: redisEmptied, needs: 'redis-server' },
  'redis-full': { run: redisFull, needs: 'redis-server' },
  'redis-slow': { run: redisSlow, needs: 'redis-server' },
  'redis-clock-ahead': { run: redisClockAhead, needs: 'redis-server' },
  'redis-clock-behind': { run: redisClockBehind, needs: 'redis-server' },
  'read-only': { run: readOnly, on: 'own server' },
  'pool-exhausted': { run: poolExhausted },
  'clock-ahead': { run: clockAhead },
  'clock-behind': { run: clockBehind },
  'poison-subscriptions': { run: poisonSubscriptions },
  'poison-deliveries': { run: poisonDeliveries },
  'sqlite-poison-subscriptions': { run: poisonSubscriptions, on: 'file' },
  'sqlite-poison-deliveries': { run: poisonDeliveries, on: 'file' },
  'same-key': { run: sameKeyAtOnce },
  'subscription-disabled': { run: disabledInRetries },
  'subscription-deleted': { run: deletedInRetries },
  'secret-rotated': { run: secretRotatedInRetries },
  'dead-neighbour': { run: deadNeighbour },
  sigterm: { run: toldToEnd },
  transactions: { run: inTransactions },
};
