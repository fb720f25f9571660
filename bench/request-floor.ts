/** What any program would take that makes so many AWS requests one after another: a bare Node, unsigned. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { median } from './statistics.ts';

const SCRIPT = `
import { Agent, request } from 'node:http';
import { once } from 'node:events';
const agent = new Agent({ keepAlive: true });
const scope = 'bench/20260101/us-east-1/cloudformation/aws4_request';
const headers = {
  authorization: \`AWS4-HMAC-SHA256 Credential=\${scope}, SignedHeaders=host, Signature=0\`,
  'content-type': 'application/x-www-form-urlencoded',
};
for (let call = 0; call < Number(process.env.CALLS); call += 1) {
  const ask = request(process.env.AWS_ENDPOINT_URL, { method: 'POST', agent, headers });
  ask.end('Action=DescribeStacks&Version=2010-05-15&StackName=bench-0');
  const [answer] = await once(ask, 'response');
  answer.resume();
  await once(answer, 'end');
}
agent.destroy();
`;

/** Milliseconds from the start of the process to its end, the median of `runs`. */
export async function requestFloor(endpoint: string, calls: number, runs: number): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    const child = spawn(process.execPath, ['--input-type=module', '--eval', SCRIPT], {
      env: { PATH: process.env.PATH, AWS_ENDPOINT_URL: endpoint, CALLS: String(Math.round(calls)) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error('The floor could not be measured');
    times.push(performance.now() - started);
  }
  return median(times);
}
