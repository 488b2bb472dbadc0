import type { OnModuleInit } from '@nestjs/common';
import { InvalidExampleError } from '../catalog/invalid-example.error.js';
import type { WebhookCatalog } from '../catalog/webhook.catalog.js';
import type { WebhookDefinition } from '../catalog/webhook.definition.js';
import { placeOf } from '../catalog/webhook.stub.js';
import type { BodySerializer } from './body.serializer.js';
import { PayloadValidationError } from './payload-validation.error.js';
import { PayloadValidator, UnknownFields } from './payload.validator.js';

/** Makes the start of the app fail when a declared example could not be sent as it stands. */
export class ExampleChecker implements OnModuleInit {
  private readonly validator: PayloadValidator;

  constructor(
    private readonly catalog: WebhookCatalog,
    private readonly serializer: BodySerializer,
    unknownFields: UnknownFields,
  ) {
    // A field that is stripped would be shown but never sent.
    this.validator = new PayloadValidator(unknownFields === 'keep' ? 'keep' : 'refuse');
  }

  async onModuleInit(): Promise<void> {
    const declared = this.catalog.list().filter(({ example }) => example !== undefined);
    for (const definition of declared) await this.check(definition);
  }

  private async check(definition: WebhookDefinition): Promise<void> {
    try {
      const data = await this.validator.check(definition, definition.example);
      this.serializer.serialize(definition, data, 0);
    } catch (cause) {
      const place = placeOf(definition.host, definition.stub);
      throw new InvalidExampleError(place, `cannot be sent (${problemOf(cause)})`, { cause });
    }
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof PayloadValidationError)) {
    return error instanceof Error ? error.message : 'its schema threw something else than an error';
  }
  return error.problems
    .map(({ field, problem }) => (field ? `${field}: ${problem}` : problem))
    .join('; ');
}
