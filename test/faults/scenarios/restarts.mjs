import { until } from '../support/until.mjs';

const EVENTS = 10;

/** The server goes away and comes back while processes accept, claim, attempt and settle. */
async function restarted(world, mode) {
  world.giveTime();
  const replicas = await world.startAll(['replica a', 'replica b']);
  const [replica] = replicas;
  await world.subscribe(replica, 'shop');
  await world.subscribe(replica, 'bank');
  for (const moment of world.shuffled([inAccept, inClaim, inAttempts, inSettle])) {
    await moment(world, replica, mode);
    const isListening = async () => {
      const listening = replicas.map(({ name }) => world.database.isListening(name));
      return !(await Promise.all(listening)).includes(false);
    };
    await world.repeatDoubtful(replica);
    await world.send(replica, EVENTS, `after ${moment.name}`);
    await world.allEnded();
    await until('every process listens again', isListening);
  }
}

export const restartedFast = (world) => restarted(world, 'fast');
export const restartedAtOnce = (world) => restarted(world, 'immediate');

async function inAccept(world, replica, mode) {
  const unlock = await world.database.lock('events');
  const sending = world.trySend(replica, EVENTS, 'in accept');
  await until('sends wait', async () => (await world.database.waitingForLock()) > 0);
  await world.restart(mode);
  await unlock();
  await sending;
}

async function inClaim(world, replica, mode) {
  const unlock = await world.database.lock('attempts');
  await world.trySend(replica, EVENTS, 'in claim');
  await until('claims wait', async () => (await world.database.waitingForLock()) > 0);
  await world.restart(mode);
  await unlock();
}

/** What the receivers answer meanwhile is not sent again. */
async function inAttempts(world, replica, mode) {
  const gate = holdAnswers(world);
  await world.send(replica, EVENTS, 'in attempts');
  await gate.reached();
  await world.restart(mode, gate.open);
  await world.allEnded();
  await expectOneAttemptEach(world, 'in attempts');
}

async function inSettle(world, replica, mode) {
  const gate = holdAnswers(world);
  await world.send(replica, EVENTS, 'in settle');
  await gate.reached();
  const unlock = await world.database.lock('attempts');
  gate.open();
  await until('settlements wait', async () => (await world.database.waitingForLock()) > 0);
  await world.restart(mode);
  await unlock();
  await world.allEnded();
  await expectOneAttemptEach(world, 'in settle');
}

/** Keeps receivers from answering until it is opened. */
function holdAnswers({ receivers }) {
  let open;
  const opened = new Promise((resolve) => (open = () => resolve(204)));
  const before = receivers.ledger.length;
  for (const path of ['shop', 'bank']) receivers.script(path, () => opened);
  const { ledger } = receivers;
  // How many requests it begins at once is for the process to say.
  return { open, reached: () => until('some arrive', () => ledger.length >= before + 2) };
}

async function expectOneAttemptEach(world, prefix) {
  const rows = await world.rows(
    `SELECT d.event_id, string_agg(a.outcome || ' ' || coalesce(a.error, ''), ', ') AS attempts
      FROM %.deliveries d JOIN %.attempts a ON a.delivery_id = d.id
      GROUP BY d.id HAVING count(*) <> 1`,
  );
  const own = new Map([...world.accepted].map(([marker, eventId]) => [eventId, marker]));
  for (const { event_id, attempts } of rows) {
    const marker = own.get(event_id) ?? '';
    if (marker.startsWith(prefix)) throw new Error(`I6 ${marker}: ${attempts}`);
  }
}
