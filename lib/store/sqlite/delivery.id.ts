const LARGEST_TIME = 2 ** 48 - 1;
const TIME_FROM = 'dlv_'.length;
const TIME_DIGITS = 12;

/** When a delivery's id was made: the milliseconds of its UUIDv7. */
export function timeOfDelivery(id: string): number {
  return Number.parseInt(id.slice(TIME_FROM, TIME_FROM + TIME_DIGITS), 16);
}

/** The least id of a delivery made at this time or later: a range of time is a range of ids. */
export function firstDeliveryIdOf(time: number): string {
  const milliseconds = Math.min(Math.max(0, Math.ceil(time)), LARGEST_TIME);
  return `dlv_${milliseconds.toString(16).padStart(TIME_DIGITS, '0')}`;
}
