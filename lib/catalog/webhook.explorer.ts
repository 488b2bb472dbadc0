import { Injectable, Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { InvalidWebhookStubError } from './invalid-webhook-stub.error.js';
import { WebhookMetadataAccessor } from './webhook-metadata.accessor.js';
import { holderOf } from './webhook.decorator.js';
import { placeOf, WebhookStub } from './webhook.stub.js';

type ProviderWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** Finds the stubs of this app, on providers and controllers of any scope and kind. */
@Injectable()
export class WebhookExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly metadata: WebhookMetadataAccessor,
  ) {}

  /**
   * Every stub, once for each class that has it, however many providers the class has. What only a
   * request-scoped factory makes cannot be seen.
   * @throws InvalidWebhookStubError where `@Webhook` stands on something else than a method
   */
  explore(): WebhookStub[] {
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    const hosts = new Set(wrappers.map(hostOf).filter((host) => host !== undefined));
    return [...hosts].flatMap((host) => this.stubsOf(host));
  }

  private stubsOf(host: Type): WebhookStub[] {
    for (const [key, { value }] of membersOf(host, Function.prototype)) {
      if (this.metadata.declarationsOf(value).length > 0) {
        throw misplaced(host, key, 'a static method');
      }
    }

    const stubs: WebhookStub[] = [];
    for (const [key, descriptor] of membersOf(host.prototype, Object.prototype)) {
      const holder = holderOf(descriptor);
      const declarations = this.metadata.declarationsOf(holder);
      if (declarations.length === 0) continue;
      if (holder !== descriptor.value) throw misplaced(host, key, 'an accessor');
      if (typeof key === 'symbol') throw misplaced(host, key, 'a method named by a symbol');
      stubs.push({ host, name: key, handler: descriptor.value, declarations });
    }
    return stubs;
  }
}

/** The members along a prototype chain, the nearest of each name; no getter is invoked. */
function membersOf(start: object, end: object): Map<string | symbol, PropertyDescriptor> {
  const members = new Map<string | symbol, PropertyDescriptor>();
  for (let owner: object | null = start; owner && owner !== end; owner = parentOf(owner)) {
    for (const key of Reflect.ownKeys(owner)) {
      const descriptor = Reflect.getOwnPropertyDescriptor(owner, key);
      if (descriptor && !members.has(key)) members.set(key, descriptor);
    }
  }
  return members;
}

function hostOf(wrapper: ProviderWrapper): Type | undefined {
  if (!wrapper.isNotMetatype) return isClass(wrapper.metatype) ? wrapper.metatype : undefined;

  // A factory's metatype is the factory, and a value has none: what they made says its class.
  const made: unknown = wrapper.instance;
  if (typeof made !== 'object' || made === null) return undefined;
  for (let owner = parentOf(made); owner; owner = parentOf(owner)) {
    const constructor: unknown = Reflect.getOwnPropertyDescriptor(owner, 'constructor')?.value;
    if (isClass(constructor)) return constructor;
  }
  return undefined;
}

function isClass(value: unknown): value is Type {
  return typeof value === 'function' && typeof value.prototype === 'object' && !!value.prototype;
}

function parentOf(value: object): object | null {
  try {
    return Reflect.getPrototypeOf(value);
  } catch {
    // A proxy may refuse; then it has no stubs that could be found.
    return null;
  }
}

function misplaced(host: Type, key: string | symbol, what: string): InvalidWebhookStubError {
  return new InvalidWebhookStubError(
    placeOf(host, String(key)),
    `carries @Webhook() but is ${what}`,
    'put it on an ordinary method',
  );
}
