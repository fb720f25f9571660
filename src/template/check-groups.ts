import type { Finding, FindingLevel, SourceLocation } from '../types.ts';
import { landscapeOf } from './cluster.ts';
import type { Data } from './data.ts';
import { type Landscape, member, ofType } from './groups.ts';
import type { Values } from './resolve.ts';
import type { Resource, Template, TemplatePath } from './template.ts';

/** Sizes of Auto Scaling groups that cannot work, as far as they can be told without AWS. */
export function checkGroups(template: Template, values: Values): Finding[] {
  const landscape = landscapeOf(template, values);
  return ofType(landscape, 'AWS::AutoScaling::AutoScalingGroup').flatMap((group) =>
    new GroupCheck(group, landscape, values).findings(),
  );
}

class GroupCheck {
  readonly #group: Resource;
  readonly #landscape: Landscape;
  readonly #values: Values;
  readonly #findings: Finding[] = [];

  constructor(group: Resource, landscape: Landscape, values: Values) {
    this.#group = group;
    this.#landscape = landscape;
    this.#values = values;
  }

  findings(): Finding[] {
    this.#capacity();
    this.#rollingUpdate();
    this.#creationPolicy();
    return this.#findings;
  }

  #capacity(): void {
    const [min, max, desired] = [this.#size('MinSize'), this.#size('MaxSize'), this.#size('DesiredCapacity')];
    const { logicalId } = this.#group;
    if (min !== undefined && max !== undefined && min > max) {
      this.#report('MinSize', `MinSize ${min} of ${logicalId} is more than its MaxSize ${max}.`);
      return;
    }
    if (desired !== undefined && ((min !== undefined && desired < min) || (max !== undefined && desired > max))) {
      const range = `${min ?? '?'}..${max ?? '?'}`;
      this.#report(
        'DesiredCapacity',
        `DesiredCapacity ${desired} of ${logicalId} is outside its MinSize..MaxSize, ${range}.`,
      );
    }
  }

  /** "UpdatePolicy attribute", CloudFormation User Guide: MinInstancesInService must be less than MaxSize. */
  #rollingUpdate(): void {
    const rolling = member(this.#group.updatePolicy, 'AutoScalingRollingUpdate');
    const inService = this.#landscape.evaluate.number(member(rolling, 'MinInstancesInService'));
    const max = this.#size('MaxSize');
    if (inService === undefined || max === undefined || inService < max) return;
    const message = `MinInstancesInService ${inService} of ${this.#group.logicalId} is not below its MaxSize ${max}, so a rolling update could never replace an instance.`;
    this.#reportAt(
      'error',
      ['UpdatePolicy', 'AutoScalingRollingUpdate', 'MinInstancesInService'],
      member(rolling, 'MinInstancesInService'),
      message,
      'Raise MaxSize, or lower MinInstancesInService.',
    );
  }

  /** A count that no number of instances reaches is an error; one that only a larger group would reach matters when the stack is created. */
  #creationPolicy(): void {
    const signal = member(this.#group.creationPolicy, 'ResourceSignal');
    const count = this.#landscape.evaluate.number(member(signal, 'Count')) ?? 1;
    const [min, max, desired] = [this.#size('MinSize'), this.#size('MaxSize'), this.#size('DesiredCapacity')];
    if (signal === undefined) return;
    const path = ['CreationPolicy', 'ResourceSignal', 'Count'];
    const waits = `The CreationPolicy of ${this.#group.logicalId} waits for ${count} signal${count === 1 ? '' : 's'}`;
    const remedy = 'Make Count the same expression as DesiredCapacity.';
    if (max !== undefined && count > max) {
      this.#reportAt(
        'error',
        path,
        member(signal, 'Count'),
        `${waits}, and the group never has more than ${max} instances.`,
        remedy,
      );
      return;
    }
    const starting = desired ?? (this.#group.properties.DesiredCapacity === undefined ? min : undefined);
    if (starting === undefined || count <= starting) return;
    const message = `${waits}, and the group starts with ${starting}: creating the stack would fail when the time is up.`;
    this.#reportAt('warning', path, member(signal, 'Count'), message, remedy);
  }

  #size(property: string): number | undefined {
    return this.#landscape.evaluate.number(this.#group.properties[property]);
  }

  #report(property: string, message: string): void {
    this.#reportAt('error', ['Properties', property], this.#group.properties[property], message);
  }

  #reportAt(level: FindingLevel, path: TemplatePath, data: Data | undefined, message: string, remedy?: string): void {
    const location =
      this.#whereSet(data) ?? this.#landscape.template.locate(['Resources', this.#group.logicalId, ...path]);
    const title = 'The sizes of the Auto Scaling group do not fit';
    this.#findings.push({ level, title, message, location, ...(remedy === undefined ? {} : { remedy }) });
  }

  /** A number that is a parameter's is pointed at where the user set the parameter. */
  #whereSet(data: Data | undefined): SourceLocation | undefined {
    const name = member(data, 'Ref');
    return typeof name === 'string' ? this.#values.parameters.get(name)?.location : undefined;
  }
}
