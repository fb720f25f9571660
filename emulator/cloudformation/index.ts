export {
  type CloudFormationEngine,
  type CloudFormationRequest,
  type CloudFormationResponse,
  createCloudFormation,
} from './engine.ts';
export type { EngineState, ResourceStateRow, StackState } from './state.ts';
export type { CloudFormationOptions } from './world.ts';
