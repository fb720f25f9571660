/** `arn:PARTITION:SERVICE:REGION:ACCOUNT:KIND/NAME…` */
const ARN = /\barn:[\w-]+:(\w[\w-]*):[\w-]*:[\w-]*:([^\s,;]+)/g;

/** The name of a stack or change set in its ARN: `…:stack/NAME/UUID`. */
export function stackNameInArn(arn: string): string {
  return arn.split('/')[1] ?? arn;
}

/** A text in which names stand for the ARNs: `read stack todobackend-dev`. */
export function withoutArns(text: string): string {
  return text.replace(ARN, (arn: string, service: string, resource: string) => {
    const parts = resource.split('/');
    return (service === 'cloudformation' ? parts[1] : parts.at(-1)) || arn;
  });
}
