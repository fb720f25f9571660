import { dirname } from 'node:path';
import { quote, quoteAll } from '../machine/shell.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

interface Command {
  readonly name: string;
  /** Shell text, or a program with its arguments. */
  readonly command: string | readonly string[];
  readonly env: JsonObject | undefined;
  readonly cwd: string | undefined;
  readonly test: string | undefined;
  readonly ignoreErrors: boolean;
}

/** One config of AWS::CloudFormation::Init (CloudFormation Template Reference, "AWS::CloudFormation::Init"). */
interface Config {
  readonly packages: readonly string[];
  readonly files: readonly { readonly path: string; readonly file: JsonObject }[];
  readonly commands: readonly Command[];
  readonly services: readonly { readonly name: string; readonly service: JsonObject }[];
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTrue = (value: Json | undefined) => value === true || value === 'true';
const entries = (value: Json | undefined) => (isObject(value) ? Object.entries(value) : []);
const text = (value: Json | undefined) => (value === undefined || value === null ? undefined : String(value));

/** The configs that the named config sets stand for, in order, or why there are none. */
export function readInit(metadata: string | undefined, configSets: readonly string[]): Config[] | string {
  const all: Json = metadata === undefined ? {} : JSON.parse(metadata);
  const init = isObject(all) ? all['AWS::CloudFormation::Init'] : undefined;
  if (!isObject(init)) return "Could not find 'AWS::CloudFormation::Init' key in template metadata";
  const names = configNames(init, configSets);
  if (typeof names === 'string') return names;
  const configs: Config[] = [];
  for (const name of names) {
    const config = init[name];
    if (!isObject(config)) return `No such config: ${name}`;
    const unknown = Object.keys(config).find((key) => !['packages', 'files', 'commands', 'services'].includes(key));
    if (unknown !== undefined) return `the local AWS does not carry out "${unknown}" of AWS::CloudFormation::Init`;
    configs.push(readConfig(config));
  }
  return configs;
}

/** A set is a list of configs and, as {"ConfigSet": name}, of sets. Without sets there is the config named "config". */
function configNames(init: JsonObject, configSets: readonly string[]): string[] | string {
  const sets = init.configSets;
  const names: string[] = [];
  const problems: string[] = [];
  const add = (set: string, within: readonly string[]) => {
    const listed = isObject(sets) ? sets[set] : undefined;
    if (listed === undefined) {
      if (set === 'default' && init.config !== undefined) names.push('config');
      else problems.push(`No such ConfigSet: ${set}`);
      return;
    }
    if (within.includes(set)) return void problems.push(`Circular ConfigSet: ${set}`);
    for (const entry of Array.isArray(listed) ? listed : [listed]) {
      if (isObject(entry)) add(text(entry.ConfigSet) ?? '', [...within, set]);
      else names.push(String(entry));
    }
  };
  for (const set of configSets) add(set, []);
  return problems[0] ?? names;
}

function readConfig(config: JsonObject): Config {
  const managers = entries(config.packages);
  return {
    packages: managers.flatMap(([, packages]) => entries(packages).map(([name]) => name)),
    files: entries(config.files).flatMap(([path, file]) => (isObject(file) ? [{ path, file }] : [])),
    // "The commands are processed in alphabetical order by name."
    commands: entries(config.commands)
      .flatMap(([name, command]) => (isObject(command) ? [readCommand(name, command)] : []))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    services: entries(config.services).flatMap(([, services]) =>
      entries(services).flatMap(([name, service]) => (isObject(service) ? [{ name, service }] : [])),
    ),
  };
}

const readCommand = (name: string, { command, env, cwd, test, ignoreErrors }: JsonObject): Command => ({
  name,
  command: Array.isArray(command) ? command.map(String) : (text(command) ?? ''),
  env: isObject(env) ? env : undefined,
  cwd: text(cwd),
  test: text(test),
  ignoreErrors: isTrue(ignoreErrors),
});

/** "Packages, groups, users, sources, files, commands, and then services", of one config after the other. */
export function initScript(configs: readonly Config[]): string {
  const steps = configs.flatMap(({ packages, files, commands, services }) => [
    ...(packages.length === 0
      ? []
      : [`dnf install -y ${quoteAll(packages)} >> "$log" 2>&1 || failed 'Could not successfully install packages'`]),
    ...files.map(({ path, file }) => fileScript(path, file)),
    ...commands.map(commandScript),
    ...services.map(({ name, service }) => serviceScript(name, service)),
  ]);
  return `log=/var/log/cfn-init.log
commands=/var/log/cfn-init-cmd.log
failed() {
  echo "Error occurred during build: $1" | tee -a "$log" >&2
  exit 1
}
${steps.join('\n')}
exit 0`;
}

function fileScript(path: string, file: JsonObject): string {
  const mode = text(file.mode) ?? '000644';
  const target = quote(path);
  const made = `mkdir -p ${quote(dirname(path))}`;
  const failure = `failed ${quote(`Failed to write ${path}`)}`;
  // A mode that begins with 120 makes a link to what the content names.
  if (mode.startsWith('120')) return `${made} && ln -sfn ${quote(text(file.content) ?? '')} ${target} || ${failure}`;
  if (file.source !== undefined) {
    const fetched = `curl -sf -o ${target} ${quote(text(file.source) ?? '')}`;
    return `${made} && ${fetched} && chmod ${mode.slice(-4)} ${target} || ${failure}`;
  }
  const { content } = file;
  const written = typeof content === 'string' ? content : JSON.stringify(content ?? '');
  const pipe =
    text(file.encoding) === 'base64' ? `printf %s ${quote(written)} | base64 -d` : `printf %s ${quote(written)}`;
  const owner = [text(file.owner) ?? 'root', text(file.group) ?? 'root'].join(':');
  const owned = owner === 'root:root' ? '' : ` && chown ${quote(owner)} ${target}`;
  return `${made} && ${pipe} > ${target} && chmod ${mode.slice(-4)} ${target}${owned} || ${failure}`;
}

/** The command's own environment replaces what there is: "This property overwrites, rather than appends". */
function commandScript({ name, command, env, cwd, test, ignoreErrors }: Command): string {
  const entered = cwd === undefined ? '' : `cd ${quote(cwd)} && `;
  const variables =
    env === undefined ? '' : `env -i ${quoteAll(entries(env).map(([key, value]) => `${key}=${text(value) ?? ''}`))} `;
  const run = (words: string) => `(${entered}exec ${variables}${words}) >> "$commands" 2>&1 < /dev/null`;
  const words = typeof command === 'string' ? `sh -c ${quote(command)}` : quoteAll(command);
  const failure = `failed ${quote(`Command ${name} failed`)}`;
  const carriedOut = `${run(words)} || ${ignoreErrors ? 'true' : failure}`;
  return test === undefined ? carriedOut : `if ${run(`sh -c ${quote(test)}`)}; then ${carriedOut}; fi`;
}

function serviceScript(name: string, service: JsonObject): string {
  const steps: string[] = [];
  if (service.enabled !== undefined) {
    steps.push(`systemctl ${isTrue(service.enabled) ? 'enable' : 'disable'} ${quote(name)} >> "$log" 2>&1`);
  }
  if (service.ensureRunning !== undefined) {
    steps.push(`systemctl ${isTrue(service.ensureRunning) ? 'start' : 'stop'} ${quote(name)} >> "$log" 2>&1`);
  }
  return steps.length === 0 ? ':' : `{ ${steps.join(' && ')}; } || failed ${quote(`Could not change service ${name}`)}`;
}
