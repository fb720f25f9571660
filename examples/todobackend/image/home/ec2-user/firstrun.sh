#!/usr/bin/env bash
# Run once by cfn-init, which gives STACK_NAME, AUTOSCALING_GROUP, AWS_DEFAULT_REGION and ECS_CLUSTER.
set -eu

# The log agent: one log group a file, one stream an instance, in the names that the instance's role may write to.
log_file() {
  printf '{"file_path":"%s","log_group_name":"/%s/ec2/%s%s","log_stream_name":"{instance_id}"}' \
    "$1" "$STACK_NAME" "$AUTOSCALING_GROUP" "$1"
}
cat > /etc/amazon-cloudwatch-agent.json <<CONFIG
{
  "agent": { "region": "$AWS_DEFAULT_REGION" },
  "logs": { "logs_collected": { "files": { "collect_list": [
    $(log_file /var/log/cloud-init-output.log),
    $(log_file /var/log/cfn-init.log),
    $(log_file /var/log/ecs/ecs-agent.log)
  ] } } }
}
CONFIG
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/etc/amazon-cloudwatch-agent.json

# The agent reads its settings when it starts.
echo "ECS_CLUSTER=$ECS_CLUSTER" > /etc/ecs/ecs.config
systemctl start ecs.service

echo "Waiting for the ECS agent to join $ECS_CLUSTER"
attempt=0
until curl --silent --fail --noproxy localhost --max-time 5 http://localhost:51678/v1/metadata |
  grep --quiet "\"Cluster\":\"$ECS_CLUSTER\""; do
  attempt=$((attempt + 1))
  if [ "$attempt" -ge 120 ]; then
    echo "The ECS agent has not joined $ECS_CLUSTER" >&2
    exit 1
  fi
  sleep 5
done
echo "The ECS agent has joined $ECS_CLUSTER"
