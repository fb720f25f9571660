import { validationError } from '../protocol/errors.ts';

const toNumber = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const toAddress = (value: number) => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/**
 * Fn::Cidr for IPv4 (CloudFormation User Guide, Fn::Cidr): the first `count` blocks with `cidrBits` host bits each that
 * fit into `block`.
 */
export function cidrBlocks(block: string, count: number, cidrBits: number): string[] {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(block);
  const prefix = Number(match?.[2]);
  const usable = match?.[1]?.split('.').every((part) => Number(part) <= 255) === true && prefix <= 32;
  const size = 32 - cidrBits;
  if (!usable || !(count >= 1 && count <= 256) || !(cidrBits >= 0) || size < prefix || count > 2 ** (size - prefix))
    throw validationError(
      `Template error: Fn::Cidr parameters must be a valid IP block, a count from 1 to 256 and the host bits of each block; got [${block}, ${count}, ${cidrBits}]`,
    );
  const start = Math.floor(toNumber(match?.[1] ?? '') / 2 ** (32 - prefix)) * 2 ** (32 - prefix);
  return Array.from({ length: count }, (_, index) => `${toAddress(start + index * 2 ** cidrBits)}/${size}`);
}
