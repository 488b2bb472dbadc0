import type { OpenAPIObject } from '@nestjs/swagger';

/** Keeps the operation ids of a document unique, as OpenAPI wants them. */
export class OperationIds {
  private readonly taken = new Set<string>();

  constructor({ paths, webhooks }: OpenAPIObject) {
    for (const item of [...Object.values(paths), ...Object.values(webhooks ?? {})]) {
      const operations: readonly { readonly operationId?: unknown }[] = Object.values(item);
      for (const { operationId } of operations) {
        if (typeof operationId === 'string') this.taken.add(operationId);
      }
    }
  }

  /** The wanted id, or where it is taken the first free of `id_2`, `id_3` and so on. */
  claim(wanted: string): string {
    let id = wanted;
    for (let count = 2; this.taken.has(id); count++) id = `${wanted}_${count}`;
    this.taken.add(id);
    return id;
  }
}
