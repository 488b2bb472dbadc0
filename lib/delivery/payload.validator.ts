import { instanceToPlain, plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate, ValidationError } from 'class-validator';
import type { Type } from '@nestjs/common';
import type { StandardIssue, WebhookDefinition } from '../catalog/webhook.definition.js';
import { PayloadProblem, PayloadValidationError } from './payload-validation.error.js';

/** What happens to fields that the DTO does not declare to class-validator. */
export type UnknownFields = 'strip' | 'refuse' | 'keep';

/** Checks payloads against what their stubs declare. */
export class PayloadValidator {
  constructor(private readonly unknownFields: UnknownFields) {}

  /**
   * The payload as plain data, ready to be serialised; `undefined` for a stub without a body.
   * @throws PayloadValidationError naming each wrong field
   */
  async check(definition: WebhookDefinition, payload: unknown): Promise<unknown> {
    const { body, type } = definition;
    switch (body.kind) {
      case 'none':
        if (payload === undefined || payload === null) return undefined;
        throw new PayloadValidationError(type, [
          { field: '', problem: 'the stub declares no body, so there must be no payload' },
        ]);
      case 'dto':
        return body.isArray
          ? this.checkArray(type, body.type, payload)
          : this.checkOne(type, body.type, payload, '');
      case 'schema': {
        const result = await body.schema['~standard'].validate(payload);
        if (result.issues === undefined) return result.value;
        throw new PayloadValidationError(type, result.issues.map(fromIssue));
      }
      default:
        if (payload !== undefined) return payload;
        throw new PayloadValidationError(type, [{ field: '', problem: 'a payload is required' }]);
    }
  }

  private async checkArray(eventType: string, dto: Type, payload: unknown): Promise<unknown[]> {
    if (!Array.isArray(payload)) {
      throw new PayloadValidationError(eventType, [{ field: '', problem: 'must be an array' }]);
    }
    return Promise.all(
      payload.map((item, index) => this.checkOne(eventType, dto, item, String(index))),
    );
  }

  private async checkOne(
    eventType: string,
    dto: Type,
    payload: unknown,
    path: string,
  ): Promise<unknown> {
    if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
      const problem = `must be an object, a ${dto.name}`;
      throw new PayloadValidationError(eventType, [{ field: path, problem }]);
    }
    let instance: object;
    let errors: ValidationError[];
    try {
      // Some objects, such as dates, come back as they are.
      instance = plainToInstance(dto, payload) as object;
      if (!(instance instanceof dto)) throw new TypeError(`not a ${dto.name}`);
      errors = isDeclared(dto) ? await validate(instance, this.options) : [];
    } catch (cause) {
      const problem = 'could not be read as a ' + dto.name;
      throw new PayloadValidationError(eventType, [{ field: path, problem }], { cause });
    }
    if (errors.length > 0) {
      throw new PayloadValidationError(
        eventType,
        errors.flatMap((error) => fromValidation(error, path)),
      );
    }
    return instanceToPlain(instance);
  }

  private get options(): Parameters<typeof validate>[1] {
    return {
      whitelist: this.unknownFields !== 'keep',
      forbidNonWhitelisted: this.unknownFields === 'refuse',
      // Otherwise a nested object of another class would pass unseen.
      forbidUnknownValues: true,
    };
  }
}

// Without a single validator a whitelist would strip the whole payload.
function isDeclared(dto: Type): boolean {
  return getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false).length > 0;
}

function fromValidation(error: ValidationError, parent: string): PayloadProblem[] {
  // An object of no known class has no property of its own to name.
  const field = [parent, error.property].filter(Boolean).join('.');
  const own = Object.values(error.constraints ?? {}).map((problem) => ({ field, problem }));
  return [...own, ...(error.children ?? []).flatMap((child) => fromValidation(child, field))];
}

function fromIssue({ message, path = [] }: StandardIssue): PayloadProblem {
  const keys = path.map((step) => String(typeof step === 'object' ? step.key : step));
  return { field: keys.join('.'), problem: message };
}
