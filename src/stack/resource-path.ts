/** A resource by its logical id, after those of the nested stacks that it is in: `Network › Subnet`. */
export function resourcePath({
  nestedIn,
  logicalId,
}: {
  readonly nestedIn: readonly string[];
  readonly logicalId: string;
}): string {
  return [...nestedIn, logicalId].join(' › ');
}
