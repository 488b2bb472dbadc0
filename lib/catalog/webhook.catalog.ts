import { Injectable, OnModuleInit } from '@nestjs/common';
import type { RetrySchedule } from '../store/retry-schedule.record.js';
import { WEBHOOK_METHODS, WebhookMethod } from '../store/webhook-method.js';
import { AmbiguousEventTypeError } from './ambiguous-event-type.error.js';
import { buildDefinitions } from './definition.builder.js';
import { isEventType, isEventTypePattern, nearest, patternsOf } from './event-type.js';
import { InvalidEventTypeError } from './invalid-event-type.error.js';
import { InvalidWebhookMethodError } from './invalid-webhook-method.error.js';
import { quote } from './quote.js';
import { UnknownEventTypeError } from './unknown-event-type.error.js';
import { UnknownWebhookClassError } from './unknown-webhook-class.error.js';
import type { WebhookDefinition } from './webhook.definition.js';
import { WebhookExplorer } from './webhook.explorer.js';

/** A class with stubs, which may be abstract. */
export type WebhookHost = abstract new (...parameters: never[]) => object;

/** What the app declares, built once. */
interface Contents {
  readonly list: readonly WebhookDefinition[];
  readonly byType: ReadonlyMap<string, readonly WebhookDefinition[]>;
  /** Every pattern that matches at least one event type. */
  readonly patterns: ReadonlySet<string>;
}

/**
 * The webhooks this app declares. It can be asked as soon as the app is created, also before
 * `app.init()`; a wrong declaration makes the first question, and at the latest the start, fail.
 */
@Injectable()
export class WebhookCatalog implements OnModuleInit {
  private built: Contents | undefined;
  private readonly classes = new WeakMap<WebhookHost, ReadonlyMap<string, WebhookDefinition>>();

  constructor(private readonly explorer: WebhookExplorer) {}

  onModuleInit(): void {
    this.contents();
  }

  /** Every declared webhook, in the order of the modules and their providers. */
  list(): readonly WebhookDefinition[] {
    return this.contents().list;
  }

  /**
   * One webhook; without a method the only one of its event type. Undefined when there is none, or
   * when there are several and no method is given.
   */
  find(type: string, method?: WebhookMethod): WebhookDefinition | undefined {
    const found = this.declared(type).filter(
      (one) => method === undefined || one.method === method,
    );
    return found.length === 1 ? found[0] : undefined;
  }

  /**
   * One webhook, as `find`.
   * @throws InvalidEventTypeError when the type is malformed
   * @throws InvalidWebhookMethodError when the method is none that webhooks can have
   * @throws UnknownEventTypeError when it is not declared, naming the nearest that is
   * @throws AmbiguousEventTypeError when it is declared with several methods and none is given
   */
  require(type: string, method?: WebhookMethod): WebhookDefinition {
    if (!isEventType(type)) throw InvalidEventTypeError.asked(type);
    if (method !== undefined && !WEBHOOK_METHODS.includes(method)) {
      throw new InvalidWebhookMethodError(`A webhook of the event type ${quote(type)}`, method);
    }

    const found = this.find(type, method);
    if (found) return found;
    const methods = this.declared(type).map((one) => one.method);
    if (methods.length === 0) {
      throw UnknownEventTypeError.type(type, nearest(type, [...this.contents().byType.keys()]));
    }
    if (method === undefined) throw new AmbiguousEventTypeError(type, methods);
    throw UnknownEventTypeError.method(type, method, methods);
  }

  /** The schedule that a webhook declares; undefined when it declares none, or is not declared. */
  retryOf(type: string, method: WebhookMethod): RetrySchedule | undefined {
    return this.declared(type).find((one) => one.method === method)?.retry;
  }

  /**
   * The webhooks of a class by the name of the stub. A class that is itself no provider stands for
   * the providers that extend it, or for the provider that it extends.
   * @throws UnknownWebhookClassError when there are none, or two subclasses declare one stub
   */
  ofClass(host: WebhookHost): ReadonlyMap<string, WebhookDefinition> {
    if (typeof host !== 'function') throw UnknownWebhookClassError.none(host);
    const known = this.classes.get(host);
    if (known) return known;

    const found = this.collect(host);
    this.classes.set(host, found);
    return found;
  }

  /**
   * Accepts a pattern of a subscription: `*`, a declared event type, or `order.*` when at least one
   * declared event type matches it.
   * @throws InvalidEventTypeError when it is malformed
   * @throws UnknownEventTypeError when it matches nothing, naming the nearest that does
   */
  requirePattern(pattern: string): void {
    if (!isEventTypePattern(pattern)) throw InvalidEventTypeError.pattern(pattern);
    const { patterns } = this.contents();
    if (pattern === '*' || patterns.has(pattern)) return;
    const others = [...patterns].filter((other) => other !== '*');
    throw UnknownEventTypeError.pattern(pattern, nearest(pattern, others));
  }

  private declared(type: string): readonly WebhookDefinition[] {
    return this.contents().byType.get(type) ?? [];
  }

  private collect(host: WebhookHost): ReadonlyMap<string, WebhookDefinition> {
    const { list } = this.contents();
    const own = list.filter((one) => one.host === host);
    const related = own.length > 0 ? own : list.filter((one) => isStubOfRelative(one, host));
    const found = new Map<string, WebhookDefinition>();
    for (const one of related) {
      const other = found.get(one.stub);
      if (other) {
        const names = [other.host.name, one.host.name] as const;
        throw UnknownWebhookClassError.several(host.name, one.stub, ...names);
      }
      found.set(one.stub, one);
    }
    if (found.size === 0) throw UnknownWebhookClassError.none(host);
    return found;
  }

  private contents(): Contents {
    return (this.built ??= index(buildDefinitions(this.explorer.explore())));
  }
}

function isStubOfRelative(one: WebhookDefinition, host: WebhookHost): boolean {
  const below = extendsClass(one.host, host) && one.stub in host.prototype;
  return below || extendsClass(host, one.host);
}

function extendsClass(derived: WebhookHost, base: WebhookHost): boolean {
  return Object.prototype.isPrototypeOf.call(base.prototype ?? base, derived.prototype);
}

function index(list: readonly WebhookDefinition[]): Contents {
  const byType = new Map<string, WebhookDefinition[]>();
  for (const one of list) byType.set(one.type, [...(byType.get(one.type) ?? []), one]);
  return { list, byType, patterns: new Set([...byType.keys()].flatMap(patternsOf)) };
}
