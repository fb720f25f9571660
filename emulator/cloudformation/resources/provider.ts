import type { ResourceProvider, ResourceRequest, ResourceState } from '../../types.ts';
import { conform } from './property-types.ts';

/** A request whose properties fit the type's schema and are known by name. */
export interface TypedRequest<P> extends Omit<ResourceRequest, 'properties' | 'initiated'> {
  readonly properties: P;
  /** To be told, in a creation of several steps, after the step that makes the resource. */
  initiated(state: ResourceState): void;
}

export interface TypedState<P> extends ResourceState {
  readonly properties: P;
}

export interface ProviderDefinition<P> {
  readonly type: string;
  /** Every property that is carried out. A request with another one is refused rather than half done. */
  readonly properties: readonly (keyof P & string)[];
  create(request: TypedRequest<P>): Promise<ResourceState>;
  update(request: TypedRequest<P>, previous: TypedState<P>): Promise<ResourceState>;
  delete(request: TypedRequest<P>, state: ResourceState): Promise<void>;
  /** The properties as the service has them, in the template's shape; undefined when the resource is gone. */
  read?(request: TypedRequest<P>, state: ResourceState): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** The resource of this primary identifier, whoever created it; undefined when there is none. */
  readonly find?: ResourceProvider['find'];
}

/** The properties do not fit the type's schema: nothing was asked of the service. */
export class PropertiesRefused extends Error {
  override readonly name = 'PropertiesRefused';
}

/**
 * A provider whose operations are given properties with the value types of AWS's resource specification.
 * Throws `PropertiesRefused` from create and update where they do not fit, or are not carried out here.
 */
export function provider<P extends object>(definition: ProviderDefinition<P>): ResourceProvider {
  const { type, read, find } = definition;
  const lenient = (request: ResourceRequest) => typedRequest(request, lenientProperties<P>(type, request.properties));
  const checked = (request: ResourceRequest, initiated?: (state: ResourceState) => void) =>
    typedRequest(request, checkedProperties(definition, request), initiated);
  return {
    type,
    create: async (request) => {
      let made: ResourceState | undefined;
      const typed = checked(request, (state) => {
        made = state;
        request.initiated?.(state);
      });
      try {
        return await definition.create(typed);
      } catch (error) {
        if (made && !request.initiated) await definition.delete(typed, made);
        throw error;
      }
    },
    update: async (request, previous) =>
      definition.update(checked(request), { ...previous, properties: lenientProperties(type, previous.properties) }),
    delete: async (request, state) => definition.delete(lenient(request), state),
    ...(read && { read: async (request: ResourceRequest, state: ResourceState) => read(lenient(request), state) }),
    ...(find && { find }),
  };
}

function checkedProperties<P extends object>(definition: ProviderDefinition<P>, request: ResourceRequest): P {
  const { properties, problems } = conform(definition.type, request.properties);
  if (problems.length > 0) {
    const messages = problems.map((problem) => problem.message);
    throw new PropertiesRefused(
      `Properties validation failed for resource ${request.logicalId} with message:\n${messages.join('\n')}`,
    );
  }
  const carriedOut: readonly string[] = definition.properties;
  const others = Object.keys(properties).filter((name) => !carriedOut.includes(name));
  if (others.length > 0) {
    throw new PropertiesRefused(
      `The local AWS does not carry out ${others.join(', ')} of ${definition.type} (resource ${request.logicalId}). ` +
        'Leave it out of the template here, or add it to the provider.',
    );
  }
  if (!hasShape<P>(properties)) throw new PropertiesRefused(`${definition.type}: properties are not an object`);
  return properties;
}

/** Properties that were accepted once already. */
function lenientProperties<P extends object>(type: string, properties: Record<string, unknown>): P {
  const conformed = conform(type, properties).properties;
  if (!hasShape<P>(conformed)) throw new PropertiesRefused(`${type}: properties are not an object`);
  return conformed;
}

/**
 * The one place where checked data gets the type its provider reads it by: `conform` has compared it with AWS's
 * specification, which is where the property types of the providers are copied from.
 */
function hasShape<P extends object>(properties: Record<string, unknown>): properties is P & Record<string, unknown> {
  return typeof properties === 'object';
}

function typedRequest<P>(
  request: ResourceRequest,
  properties: P,
  initiated: (state: ResourceState) => void = () => undefined,
): TypedRequest<P> {
  return {
    account: request.account,
    services: request.services,
    clock: request.clock,
    signal: request.signal,
    stackId: request.stackId,
    stackName: request.stackName,
    logicalId: request.logicalId,
    properties,
    tags: request.tags,
    ...(request.updatePolicy ? { updatePolicy: request.updatePolicy } : {}),
    ...(request.rollback !== undefined && { rollback: request.rollback }),
    signals: request.signals,
    progress: (reason) => request.progress(reason),
    initiated,
  };
}
