import type { OperationObject, RequestBodyObject, SchemaObject } from '@nestjs/swagger';
import type { WebhookDefinition } from '../catalog/webhook.definition.js';
import type { DocumentedWire } from './documented.wire.js';

type Body = OperationObject['requestBody'];
type Media = RequestBodyObject['content'][string];
type DataSchema = Media['schema'];

const EXAMPLE_TIME = '2025-01-01T00:00:00.000Z';

/**
 * The body that is sent: as declared, or with the envelope of Standard Webhooks
 * (`type`, `timestamp`, `data`) around it, also where there is no payload.
 */
export function wrapBody(
  body: Body,
  { type }: WebhookDefinition,
  envelope: DocumentedWire['envelope'],
): Body {
  if (envelope === 'none') return body;
  if (!body) {
    return { required: true, content: { 'application/json': { schema: envelopeOf(type) } } };
  }
  if ('$ref' in body) return body;
  const wrapped = Object.entries(body.content).map(
    ([media, content]) => [media, wrapMedia(type, content)] as const,
  );
  return { ...body, content: Object.fromEntries(wrapped) };
}

function wrapMedia(type: string, media: Media): Media {
  const wrap = (data: unknown) => ({ type, timestamp: EXAMPLE_TIME, data });
  const examples = Object.entries(media.examples ?? {}).map(
    ([name, example]) =>
      [name, 'value' in example ? { ...example, value: wrap(example.value) } : example] as const,
  );
  return {
    ...media,
    schema: envelopeOf(type, media.schema ?? {}),
    ...('example' in media && { example: wrap(media.example) }),
    ...(media.examples && { examples: Object.fromEntries(examples) }),
  };
}

function envelopeOf(type: string, data?: DataSchema): SchemaObject {
  return {
    type: 'object',
    required: ['type', 'timestamp', ...(data ? ['data'] : [])],
    properties: {
      type: { type: 'string', enum: [type] },
      timestamp: { type: 'string', format: 'date-time', description: 'When the event happened.' },
      ...(data && { data }),
    },
  };
}
