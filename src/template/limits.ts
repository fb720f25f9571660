/** Limits that CloudFormation sets ("Understand CloudFormation quotas", and the API reference). Sizes are UTF-8 bytes. */
export const LIMITS = {
  /** TemplateBody; a larger template goes through a bucket. */
  inlineTemplateBytes: 51_200,
  /** TemplateURL: 1 MB. */
  templateBytes: 1_048_576,
  resources: 500,
  parameters: 200,
  mappings: 200,
  outputs: 200,
  nameLength: 255,
  parameterValueBytes: 4_096,
  descriptionBytes: 1_024,
  tags: 50,
  notificationArns: 5,
} as const;
