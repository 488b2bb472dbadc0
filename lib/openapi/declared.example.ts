import type { OperationObject, RequestBodyObject } from '@nestjs/swagger';
import { instanceToPlain, plainToInstance } from 'class-transformer';
import { InvalidExampleError } from '../catalog/invalid-example.error.js';
import type { WebhookDefinition } from '../catalog/webhook.definition.js';
import { placeOf } from '../catalog/webhook.stub.js';

type Body = OperationObject['requestBody'];
type Media = RequestBodyObject['content'][string];

/**
 * The body with the example that `@Webhook()` gives, beside what `@ApiBody()` says.
 * @throws InvalidExampleError when it cannot be written as JSON
 */
export function withExample(body: Body, definition: WebhookDefinition): Body {
  const example = exampleOf(definition);
  if (example === undefined || !body || '$ref' in body) return body;
  const content = Object.entries(body.content).map(
    ([type, media]) => [type, addExample(media, example)] as const,
  );
  return { ...body, content: Object.fromEntries(content) };
}

/** The declared example as JSON data, without an envelope; undefined when none is declared. */
export function exampleOf({ host, stub, body, example }: WebhookDefinition): unknown {
  if (example === undefined) return undefined;
  try {
    // As it is sent: the class may rename or leave out fields.
    const plain =
      body.kind === 'dto' ? instanceToPlain(plainToInstance(body.type, example)) : example;
    return JSON.parse(JSON.stringify(plain));
  } catch (cause) {
    throw new InvalidExampleError(placeOf(host, stub), 'cannot be written as JSON', { cause });
  }
}

/** OpenAPI has either one `example` or several `examples`. */
function addExample(media: Media, example: unknown): Media {
  if ('example' in media) return media;
  if (!media.examples) return { ...media, example };
  return { ...media, examples: { example: { value: example }, ...media.examples } };
}
