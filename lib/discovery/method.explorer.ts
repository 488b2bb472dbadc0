import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ProviderScopeError } from './provider-scope.error.js';

/** A method of a provider that carries metadata, ready to be called. */
export interface FoundMethod<M> {
  readonly metadata: M;
  /** Class and method, for messages. */
  readonly place: string;
  readonly call: (argument: never) => unknown;
}

type ProviderWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** Finds decorated methods of providers that live as long as the application. */
@Injectable()
export class MethodExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /**
   * Methods with metadata under the key, each once, in order of the modules and their providers.
   * @throws ProviderScopeError when one stands on a provider of another scope
   */
  explore<M>(key: string): readonly FoundMethod<M>[] {
    const found: FoundMethod<M>[] = [];
    const seen = new Set<object>();
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const instance: unknown = wrapper.instance;
      if (typeof instance !== 'object' || instance === null || seen.has(instance)) continue;
      seen.add(instance);
      found.push(...this.methodsOf<M>(wrapper, instance, key));
    }
    return found;
  }

  private methodsOf<M>(wrapper: ProviderWrapper, instance: object, key: string): FoundMethod<M>[] {
    const prototype: object | null = Object.getPrototypeOf(instance);
    const names = prototype === null ? [] : this.scanner.getAllMethodNames(prototype);
    return names.flatMap((name) => {
      const method: unknown = Reflect.get(prototype!, name);
      const metadata: M | undefined =
        typeof method === 'function' ? Reflect.getMetadata(key, method) : undefined;
      if (typeof method !== 'function' || metadata === undefined) return [];
      const place = `${instance.constructor.name}.${name}`;
      // Of such a provider there is only an empty prototype, on which a call would fail later.
      if (!wrapper.isDependencyTreeStatic() || wrapper.isTransient) {
        throw new ProviderScopeError(place);
      }
      return [{ metadata, place, call: (argument) => method.call(instance, argument) }];
    });
  }
}
