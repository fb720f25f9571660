"""The mend of scaling activities: what launched and ended a group's instances; see mends.py, which applies it.

Defect: DescribeScalingActivities always answers an empty list (autoscaling/responses.py).
AWS: API_DescribeScalingActivities and API_Activity; the words of a cause are those of "Verify a scaling activity for an
Auto Scaling group" in the EC2 Auto Scaling User Guide.
"""

from functools import wraps

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random


def note(group, action: str, instance_id: str, cause: str) -> None:
    now = utcnow()
    state = next((state for state in group.instance_states if state.instance.id == instance_id), None)
    zone = state.availability_zone if state else group.availability_zones[0]
    activity = {
        "ActivityId": str(mock_random.uuid4()),
        "AutoScalingGroupName": group.name,
        "AutoScalingGroupARN": group.arn,
        "Description": f"{action} EC2 instance: {instance_id}",
        "Cause": f"At {now:%Y-%m-%dT%H:%M:%SZ} {cause}",
        "StartTime": now,
        "EndTime": now,
        "StatusCode": "Successful",
        "Progress": 100,
        "Details": f'{{"Availability Zone":"{zone}"}}',
    }
    activities_of(group.autoscaling_backend).insert(0, activity)


def activities_of(backend) -> list[dict]:
    return backend.__dict__.setdefault("scaling_activities", [])


def describe_scaling_activities(self):
    name = self._get_param("AutoScalingGroupName")
    ids = self._get_param("ActivityIds", [])
    deleted_too = self._get_bool_param("IncludeDeletedGroups", False)
    groups = self.autoscaling_backend.autoscaling_groups
    found = [
        activity
        for activity in activities_of(self.autoscaling_backend)
        if (not name or name in (activity["AutoScalingGroupName"], activity["AutoScalingGroupARN"]))
        and (not ids or activity["ActivityId"] in ids)
        and (deleted_too or activity["AutoScalingGroupName"] in groups)
    ]
    start = int(self._get_param("NextToken") or 0)
    end = start + min(int(self._get_param("MaxRecords") or 100), 100)
    return ActionResult({"Activities": found[start:end], "NextToken": str(end) if end < len(found) else None})


def apply() -> None:
    launch = FakeAutoScalingGroup.replace_autoscaling_group_instances

    @wraps(launch)
    def launch_and_note(self, count_needed, propagated_tags):
        before = len(self.instance_states)
        launch(self, count_needed, propagated_tags)
        for state in self.instance_states[before:]:
            cause = "an instance was started in response to a difference between desired and actual capacity."
            note(self, "Launching a new", state.instance.id, cause)

    set_desired_capacity = FakeAutoScalingGroup.set_desired_capacity

    @wraps(set_desired_capacity)
    def set_and_note(self, new_capacity):
        before = [state.instance.id for state in self.instance_states]
        set_desired_capacity(self, new_capacity)
        left = {state.instance.id for state in self.instance_states}
        for instance_id in before:
            if instance_id not in left:
                cause = f"instance {instance_id} was taken out of service in response to a decrease of the desired capacity."
                note(self, "Terminating", instance_id, cause)

    terminate_instance = AutoScalingBackend.terminate_instance

    @wraps(terminate_instance)
    def terminate_and_note(self, instance_id, should_decrement):
        activity = terminate_instance(self, instance_id, should_decrement)
        group = activity.auto_scaling_group
        note(group, "Terminating", instance_id, f"instance {instance_id} was taken out of service in response to a user request.")
        return activity

    notify_terminate_instances = AutoScalingBackend.notify_terminate_instances

    @wraps(notify_terminate_instances)
    def notify_and_note(self, instance_ids):
        for group in list(self.autoscaling_groups.values()):
            for instance_id in {state.instance.id for state in group.instance_states} & set(instance_ids):
                cause = (
                    f"instance {instance_id} was taken out of service in response to an EC2 health check indicating it "
                    "has been terminated or stopped."
                )
                note(group, "Terminating", instance_id, cause)
        notify_terminate_instances(self, instance_ids)

    FakeAutoScalingGroup.replace_autoscaling_group_instances = launch_and_note
    FakeAutoScalingGroup.set_desired_capacity = set_and_note
    AutoScalingBackend.terminate_instance = terminate_and_note
    AutoScalingBackend.notify_terminate_instances = notify_and_note
    AutoScalingResponse.describe_scaling_activities = describe_scaling_activities
