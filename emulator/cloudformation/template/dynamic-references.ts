import { randomUUID } from 'node:crypto';
import type { Services } from '../../types.ts';
import { validationError } from '../protocol/errors.ts';
import { isObject, type Json } from './model.ts';

const REFERENCE = /\{\{resolve:([^}]+)\}\}/g;

const named = (error: unknown, name: string) => error instanceof Error && error.name === name;

async function storedValue(reference: string, services: Services): Promise<string> {
  const [service, name = '', version] = reference.split(':');
  // Secrets Manager holds nothing here: moto's is not behind the endpoint. Its words for a secret that is not there.
  if (service === 'secretsmanager')
    throw validationError(
      `Secrets Manager can't find the specified secret. (Service: AWSSecretsManager; Status Code: 400; Error Code: ResourceNotFoundException; Request ID: ${randomUUID()}; Proxy: null)`,
    );
  if (service !== 'ssm' && service !== 'ssm-secure')
    throw validationError(`This local AWS does not support the dynamic reference {{resolve:${reference}}}.`);
  const full = version === undefined || version === '' ? name : `${name}:${version}`;
  try {
    const { Parameter } = await services.ssm.getParameter({ Name: full, WithDecryption: service === 'ssm-secure' });
    if (service === 'ssm' && Parameter?.Type === 'SecureString')
      throw validationError(`Non-secure ssm prefix was used for secure parameter: ${name}`);
    return Parameter?.Value ?? '';
  } catch (error) {
    if (named(error, 'ParameterNotFound') || named(error, 'ParameterVersionNotFound'))
      throw validationError(`Parameters: [${full}] cannot be found.`);
    throw error;
  }
}

export function hasDynamicReference(value: Json): boolean {
  if (typeof value === 'string') return value.includes('{{resolve:');
  if (Array.isArray(value)) return value.some(hasDynamicReference);
  return isObject(value) && Object.values(value).some(hasDynamicReference);
}

/** A value with `{{resolve:ssm:…}}` and `{{resolve:ssm-secure:…}}` replaced by what Systems Manager holds. */
export async function resolveDynamicReferences<T extends Json>(value: T, services: Services): Promise<T>;
export async function resolveDynamicReferences(value: Json, services: Services): Promise<Json> {
  if (!hasDynamicReference(value)) return value;
  if (typeof value === 'string') {
    const found = [...value.matchAll(REFERENCE)];
    const values = await Promise.all(found.map(([, reference = '']) => storedValue(reference, services)));
    let next = 0;
    return value.replace(REFERENCE, () => values[next++] ?? '');
  }
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveDynamicReferences(item, services)));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(
    async ([key, item]): Promise<[string, Json]> => [key, await resolveDynamicReferences(item, services)],
  );
  return Object.fromEntries(await Promise.all(entries));
}
