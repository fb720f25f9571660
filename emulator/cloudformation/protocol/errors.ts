/** What a request is refused with: a code, an HTTP status and a message as CloudFormation answers them. */
export class CloudFormationError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'CloudFormationError';
    this.code = code;
    this.status = status;
  }
}

export const validationError = (message: string) => new CloudFormationError('ValidationError', message);

/** `Stack with id X does not exist`: what DescribeStacks and most reading actions say. */
export const stackMissing = (name: string) => validationError(`Stack with id ${name} does not exist`);

/** `Stack [X] does not exist`: what the actions on change sets, events and updates say. */
export const stackMissingInBrackets = (name: string) => validationError(`Stack [${name}] does not exist`);

export const changeSetMissing = (name: string) =>
  new CloudFormationError('ChangeSetNotFound', `ChangeSet [${name}] does not exist`, 404);

/** For an action that CloudFormation has and this engine has not. */
export const invalidAction = (action: string) =>
  new CloudFormationError('InvalidAction', `The action ${action} is not valid for this web service.`);

/** What the general validation of AWS's front end says about one member. */
export const constraintViolation = (value: string, member: string, constraint: string) =>
  validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );
