/** The roles, users and groups that have a policy, as templates name them. */
export interface Holders {
  readonly Roles?: readonly string[];
  readonly Users?: readonly string[];
  readonly Groups?: readonly string[];
}

/** What IAM throws for something that is not there. */
export const NO_SUCH_ENTITY = ['NoSuchEntityException', 'NoSuchEntity'];
