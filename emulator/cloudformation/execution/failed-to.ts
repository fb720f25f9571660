/** `The following resource(s) failed to create: [A, B]. ` */
export const failedTo = (verb: 'create' | 'update' | 'delete', ids: readonly string[]) =>
  ids.length === 0 ? '' : `The following resource(s) failed to ${verb}: [${ids.join(', ')}]. `;
