/** CloudFormation User Guide, stack status codes: the ones that an update may start from. */
const UPDATABLE = new Set([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
]);

export const isUpdatable = (status: string) => UPDATABLE.has(status);

/** After a failure that was not rolled back, an update is allowed that is not rolled back either. */
export const isPaused = (status: string) => status === 'CREATE_FAILED' || status === 'UPDATE_FAILED';

/** Under way, a clean-up included. REVIEW_IN_PROGRESS is a state of rest. */
export const isBusy = (status: string) => status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';

/** The clean-up after an update: a change set can be made, and not be executed. */
export const isCleaningUp = (status: string) => status.endsWith('_COMPLETE_CLEANUP_IN_PROGRESS');
