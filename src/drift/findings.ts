import { oneLine } from '../text.ts';
import type { Finding, SourceLocation } from '../types.ts';
import type { Detection, EnvironmentDrift, ResourceDrift, SetAside, Undeployed } from './model.ts';
import { hasDrifted } from './state.ts';

type Told = Pick<
  EnvironmentDrift,
  'stackName' | 'detections' | 'resources' | 'byDesign' | 'undeployed' | 'templateFile' | 'environmentFile'
>;

/** What there is to tell of an environment, the most serious first. Ignored differences are no news. */
export function driftFindings(drift: Told): Finding[] {
  return [
    ...drift.resources.filter(hasDrifted).flatMap(driftedFindings),
    ...drift.detections.flatMap((detection) => detectionFinding(detection, drift)),
    ...drift.resources.filter(({ state }) => state === 'unknown').map(unknownFinding),
    ...(drift.undeployed === undefined ? [] : [undeployedFinding(drift.undeployed, drift)]),
    ...drift.byDesign.map(byDesignFinding),
  ];
}

/** One for each property of a resource that has drifted, or one for all of it. */
export function driftedFindings(resource: ResourceDrift): Finding[] {
  const name = nameOf(resource.path);
  if (resource.state === 'deleted')
    return [
      {
        level: 'error',
        title: `${name} is gone`,
        message: `${resource.resourceType} ${resource.physicalId ?? ''} was deleted outside of CloudFormation.`,
        remedy:
          'Deploying the same template changes nothing, since CloudFormation takes it to be there: let it be made again, or take it out of the template.',
        ...at(resource.location),
      },
    ];
  if (resource.properties.length === 0)
    return [
      {
        level: 'error',
        title: `${name} has drifted`,
        message: `CloudFormation says that ${resource.resourceType} ${resource.physicalId ?? ''} was changed, and does not tell how.`,
        ...at(resource.location),
      },
    ];
  return resource.properties.map((property) => ({
    level: 'error',
    title: `${name}.${property.path.join('.')} has drifted`,
    message: `It was changed outside of CloudFormation. ${changeOf(property)}`,
    remedy: `Change it back, write it into the template and deploy, or ignore it: drift-ignore: ${name}.${property.path.join('.')}`,
    ...at(property.location ?? resource.location),
  }));
}

/** The change in a line where it is one of two scalars; the diff is in the reports. */
function changeOf({ diff, withheld }: ResourceDrift['properties'][number]): string {
  if (diff === undefined || withheld !== undefined)
    return `Its values are withheld: ${withheld ?? 'they are not told'}.`;
  if (diff.kind === 'changed' && isScalar(diff.before) && isScalar(diff.after))
    return `It was deployed as ${oneLine(String(diff.before))} and is ${oneLine(String(diff.after))}.`;
  if (diff.kind === 'removed') return 'It is not there any more.';
  if (diff.kind === 'set')
    return `Of its items ${diff.added.length} came and ${diff.removed.length} went. The job summary shows them.`;
  return 'The job summary shows how.';
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function detectionFinding({ path, state, reason }: Detection, { stackName }: Told): Finding[] {
  const stack = path.length === 0 ? stackName : `${stackName}, nested stack ${nameOf(path)}`;
  switch (state) {
    case 'complete':
      return [];
    case 'failed':
      return [
        {
          level: 'error',
          title: `Drift detection of ${stack} failed`,
          message: `${reason ?? 'CloudFormation does not say why.'}\nWhat it found out before that is told; the rest is not known.`,
          remedy: 'Mend what CloudFormation names, often a permission of the role, and run the job again.',
        },
      ];
    case 'timed-out':
      return [
        {
          level: 'error',
          title: `Drift detection of ${stack} did not end in time`,
          message: 'It goes on in CloudFormation. What it found out until then is told; the rest is not known.',
          remedy: 'Run the job again, or raise `drift-timeout`.',
        },
      ];
    default:
      return state satisfies never;
  }
}

function unknownFinding({ path, resourceType, reason, location }: ResourceDrift): Finding {
  return {
    level: 'error',
    title: `Whether ${nameOf(path)} has drifted is not known`,
    message: `CloudFormation could not check ${resourceType}: ${reason ?? 'it does not say why'}`,
    remedy: `Run the job again. If nobody is meant to check it: drift-ignore: ${nameOf(path)}`,
    ...at(location),
  };
}

/** That the repository says something else, in numbers. */
export function undeployedFinding(
  { isNew, resources, sections, parameters, tags }: Undeployed,
  drift: Pick<Told, 'stackName' | 'templateFile' | 'environmentFile'>,
): Finding {
  const location = { file: drift.environmentFile ?? drift.templateFile, line: 1 };
  if (isNew)
    return {
      level: 'warning',
      title: `There is no stack ${drift.stackName}`,
      message: 'The repository has the environment, and it is not deployed, or not any more.',
      remedy: 'Deploy it, or delete its environment file.',
      location,
    };
  const counts = [
    [resources.length, 'resource'],
    [sections.length, 'other part'],
    [parameters.length, 'parameter'],
    [tags.length, 'tag'],
  ] as const;
  const parts = counts.flatMap(([n, word]) => (n === 0 ? [] : [`${n} ${word}${n === 1 ? '' : 's'}`]));
  return {
    level: 'warning',
    title: `${drift.stackName} is not what the repository says`,
    message: `It was deployed from another commit or from elsewhere. What differs: ${parts.join(', ')}.`,
    remedy: 'Deploy, or wait for the deployment that is to be approved. Drift is told against what is deployed.',
    location: resources.find((one) => one.location !== undefined)?.location ?? location,
  };
}

function byDesignFinding({ path, property, why }: SetAside): Finding {
  return {
    level: 'notice',
    title: `${[nameOf(path), ...property].join('.')} moves by design`,
    message: `${why.charAt(0).toUpperCase()}${why.slice(1)}. This is no drift.`,
  };
}

function nameOf(path: readonly string[]): string {
  return path.join('/');
}

function at(location: SourceLocation | undefined): Pick<Finding, 'location'> {
  return location === undefined ? {} : { location };
}
