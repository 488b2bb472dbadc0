type Shape = (value: unknown) => boolean;

const text: Shape = (value) => typeof value === 'string';
const number: Shape = (value) => typeof value === 'number';
const scalar: Shape = (value) =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

const oneOf =
  (...shapes: readonly Shape[]): Shape =>
  (value) =>
    shapes.some((shape) => shape(value));

const equal = (...wanted: readonly unknown[]): Shape => oneOf(...wanted.map((one) => is(one)));

const listOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);

const mapOf =
  (shape: Shape): Shape =>
  (value) =>
    isMap(value) && Object.values(value).every(shape);

const objectOf =
  (fields: Readonly<Record<string, Shape>>): Shape =>
  (value) =>
    isMap(value) && Object.entries(fields).every(([name, shape]) => shape(value[name]));

const absent = is(undefined);

const auth = oneOf(
  objectOf({ type: equal('bearer'), token: text }),
  objectOf({ type: equal('basic'), username: text, password: text }),
  objectOf({
    type: equal('oauth2'),
    tokenUrl: text,
    clientId: text,
    clientSecret: text,
    scope: oneOf(text, absent),
  }),
);

const filter: Shape = oneOf(
  objectOf({ all: listOf((part) => filter(part)) }),
  objectOf({ any: listOf((part) => filter(part)) }),
  objectOf({ not: (part) => filter(part) }),
  objectOf({ field: text, op: equal('in', 'nin'), value: listOf(scalar) }),
  objectOf({ field: text, op: equal('startsWith'), value: text }),
  objectOf({
    field: text,
    op: equal('eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'exists', 'contains'),
    value: scalar,
  }),
);

/**
 * The form of what the columns hold as JSON: a row that was damaged, or written by something else, must
 * not end the process that reads it.
 */
export const SUBSCRIPTION_SHAPES = {
  event_types: listOf(text),
  metadata: mapOf(text),
  headers: mapOf(text),
  secrets: listOf(objectOf({ value: text, expiresAt: oneOf(number, equal(null)) })),
  credentials: objectOf({
    auth: oneOf(auth, absent),
    clientCertificate: oneOf(objectOf({ cert: text, key: text }), absent),
  }),
  retry: objectOf({ delays: listOf(number), jitter: number }),
  filter,
} satisfies Record<string, Shape>;

function is(wanted: unknown): Shape {
  return (value) => value === wanted;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
