import type { ParameterObject } from '@nestjs/swagger';
import type { DocumentedWire } from './documented.wire.js';

/** The header parameters that every webhook of an event type carries. */
export function wireHeaders(type: string, wire: DocumentedWire): ParameterObject[] {
  const { headerPrefix, signatureHeaders } = wire;
  const signatures = Object.entries(signatureHeaders).map(([name, example]) =>
    header(name, 'Signature of the request.', { type: 'string' }, example),
  );
  return [
    header(
      `${headerPrefix}id`,
      'Id of the event: the same whenever it is sent again.',
      { type: 'string' },
      'evt_01938f2c7b3a7c1e9d4f5a6b7c8d9e0f',
    ),
    header(
      `${headerPrefix}timestamp`,
      'Time of this attempt, in seconds since the Unix epoch.',
      { type: 'integer' },
      1735689600,
    ),
    header(`${headerPrefix}event`, 'The event type.', { type: 'string', enum: [type] }, type),
    ...signatures,
  ];
}

function header(
  name: string,
  description: string,
  schema: ParameterObject['schema'],
  example: string | number,
): ParameterObject {
  return { name, in: 'header', required: true, description, schema, example };
}
