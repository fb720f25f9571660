/** `The following resource(s) failed to create: [A, B]. ` */
export const failedTo = (verb: 'create' | 'update' | 'delete' | 'import' | 'roll back', ids: readonly string[]) =>
  ids.length === 0 ? '' : `The following resource(s) failed to ${verb}: [${ids.join(', ')}]. `;

/** An error as a sentence that another can follow. */
export function sentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.endsWith('.') ? `${message} ` : `${message}. `;
}
