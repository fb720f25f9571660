"""Where moto 5.2.5 differs from AWS in what a cluster's deployment rests on, mended.

Each mend names moto's defect (file and function, as read in 5.2.5) and where AWS documents the behaviour. Nothing here
knows of CloudFormation, of the hosts or of anything else of this project.
"""

import sys
from functools import wraps

done: set[str] = set()


def mend_what_is_loaded() -> None:
    """moto loads a service when it is first asked for, so mends wait for it; one service may load another."""
    for module, mend in MENDS.items():
        if module in sys.modules and module not in done:
            done.add(module)
            mend()


def mend_ecs() -> None:
    from moto.ec2.models import ec2_backends
    from moto.ecs.exceptions import ClusterNotFoundException, ECSException, EcsClientException
    from moto.ecs.models import EC2ContainerServiceBackend as Backend

    deregister = Backend.deregister_container_instance
    register = Backend.register_container_instance
    delete_cluster = Backend.delete_cluster

    @wraps(deregister)
    def deregister_and_count(self, cluster_str, container_instance_str, force):
        # Defect: the count of registered container instances never goes down (ecs/models.py,
        # deregister_container_instance), and an unknown instance is a crash.
        # AWS: API_Cluster, registeredContainerInstancesCount: "The number of container instances registered into the
        # cluster. This includes container instances in both ACTIVE and DRAINING status."
        cluster = self._get_cluster(cluster_str)
        if container_instance_str.split("/")[-1] not in self.container_instances.get(cluster.name, {}):
            raise EcsClientException("The referenced container instance was not found.")
        instance = deregister(self, cluster_str, container_instance_str, force)
        cluster.registered_container_instances_count -= 1
        return instance

    @wraps(register)
    def register_in_a_cluster(self, cluster_str, ec2_instance_id):
        # Defect: an unknown cluster is a crash, an INACTIVE one takes instances (register_container_instance).
        # AWS: API_RegisterContainerInstance knows ClientException; an inactive cluster is "Cluster not found."
        cluster = self.clusters.get(cluster_str.split("/")[-1])
        if cluster is None or cluster.status != "ACTIVE":
            raise EcsClientException("Cluster not found.")
        return register(self, cluster_str, ec2_instance_id)

    @wraps(delete_cluster)
    def delete_an_empty_cluster(self, cluster_str):
        # Defect: a cluster with container instances is deleted (delete_cluster).
        # AWS: API_DeleteCluster, ClusterContainsContainerInstancesException; and "If you terminate a running
        # container instance, Amazon ECS automatically deregisters the instance" (Deregister an Amazon EC2 backed
        # container instance).
        cluster = self._get_cluster(cluster_str)
        instances = self.container_instances.get(cluster.name, {})
        ec2 = ec2_backends[self.account_id][self.region_name]
        running = {instance.id for instance in ec2.all_instances() if instance.state != "terminated"}
        for key in [key for key, instance in instances.items() if instance.ec2_instance_id not in running]:
            del instances[key]
            cluster.registered_container_instances_count -= 1
        if instances:
            raise ECSException(
                "ClusterContainsContainerInstancesException",
                "The Cluster cannot be deleted while Container Instances are active or draining.",
            )
        return delete_cluster(self, cluster_str)

    def crash_free(read):
        # Defect: calls about the instances of a cluster that never had any are a KeyError (ecs/models.py,
        # self.container_instances[cluster.name]), and an unknown cluster in ListContainerInstances an empty list.
        # AWS: the instances are MISSING among the failures; ClusterNotFoundException.
        @wraps(read)
        def with_known_cluster(self, cluster_str, *args, **kwargs):
            name = cluster_str.split("/")[-1]
            if name not in self.clusters:
                raise ClusterNotFoundException()
            self.container_instances.setdefault(name, {})
            return read(self, cluster_str, *args, **kwargs)

        return with_known_cluster

    Backend.deregister_container_instance = deregister_and_count
    Backend.register_container_instance = register_in_a_cluster
    Backend.delete_cluster = delete_an_empty_cluster
    for name in ("list_container_instances", "describe_container_instances", "update_container_instances_state"):
        setattr(Backend, name, crash_free(getattr(Backend, name)))


def mend_auto_scaling() -> None:
    import corrections

    corrections.apply()
    from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
    from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup
    from moto.autoscaling.responses import AutoScalingResponse
    from moto.core.responses import ActionResult, EmptyResult
    from moto.core.utils import utcnow
    from moto.ec2.utils import filter_iam_instance_profiles
    from moto.moto_api._internal import mock_random

    def note(group, action: str, instance_id: str, cause: str) -> None:
        # Defect: DescribeScalingActivities always answers an empty list (autoscaling/responses.py).
        # AWS: API_DescribeScalingActivities, API_Activity.
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

    launch = FakeAutoScalingGroup.replace_autoscaling_group_instances

    @wraps(launch)
    def launch_and_note(self, count_needed, propagated_tags):
        profile = profile_of(self)
        if profile:
            check_profile(self, profile)
        before = len(self.instance_states)
        launch(self, count_needed, propagated_tags)
        for state in self.instance_states[before:]:
            cause = "an instance was started in response to a difference between desired and actual capacity."
            note(self, "Launching a new", state.instance.id, cause)

    def profile_of(group):
        if group.launch_config:
            return group.launch_config.iam_instance_profile
        data = group.ec2_launch_template.get_version(group.launch_template_version).data
        named = data.get("IamInstanceProfile") or {}
        return named.get("Arn") or named.get("Name")

    def check_profile(group, profile):
        # Defect: a profile that does not exist is not missed. AWS: EC2 Auto Scaling User Guide, "Troubleshoot issues
        # with launch templates": "You must use a valid fully-formed launch template".
        arn, name = (profile, None) if profile.startswith("arn:") else (None, profile)
        try:
            filter_iam_instance_profiles(group.account_id, "aws", arn, name)
        except Exception as error:
            raise ValidationError(
                "You must use a valid fully-formed launch template. "
                f"Value ({profile}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"
            ) from error

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
        # Defects: an unknown instance is a crash, and the group may shrink below its minimum.
        # AWS: API_TerminateInstanceInAutoScalingGroup.
        groups = self.autoscaling_groups.values()
        group = next((group for group in groups if any(s.instance.id == instance_id for s in group.instance_states)), None)
        if group is None:
            raise ValidationError(f"Instance Id not found - No managed instance found for instance ID: {instance_id}")
        if should_decrement and (group.desired_capacity or 0) <= (group.min_size or 0):
            raise ValidationError(
                f"Currently, desiredSize equals minSize ({group.min_size}). Terminating instance without replacement "
                "will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or "
                "lower group's min size."
            )
        activity = terminate_instance(self, instance_id, should_decrement)
        cause = f"instance {instance_id} was taken out of service in response to a user request."
        note(group, "Terminating", instance_id, cause)
        return activity

    def check_bounds(minimum, maximum, desired):
        # AWS: API_CreateAutoScalingGroup: "This number must be greater than or equal to the minimum size of the group
        # and less than or equal to the maximum size of the group"; ValidationError.
        if minimum is not None and maximum is not None and minimum > maximum:
            raise ValidationError(f"Max bound, {maximum}, must be greater than or equal to min bound, {minimum}")
        if desired is not None and not (minimum or 0) <= desired <= (maximum if maximum is not None else desired):
            raise ValidationError(
                f"Desired capacity:{desired} must be between the specified min size:{minimum} and max size:{maximum}"
            )

    create_group = AutoScalingBackend.create_auto_scaling_group

    @wraps(create_group)
    def create_within_bounds(self, name, *args, **kwargs):
        # Defect: no bound is checked, and a group of the same name is overwritten (create_auto_scaling_group).
        # AWS: API_CreateAutoScalingGroup, AlreadyExists.
        if name in self.autoscaling_groups:
            raise AutoscalingClientError(
                "AlreadyExists",
                f"AutoScalingGroup by this name already exists - A group with the name {name} already exists",
            )
        bounds = [kwargs.get(key) for key in ("min_size", "max_size", "desired_capacity")]
        check_bounds(*[int(bound) if bound is not None else None for bound in bounds])
        return create_group(self, name, *args, **kwargs)

    update_group = AutoScalingBackend.update_auto_scaling_group

    @wraps(update_group)
    def update_within_bounds(self, name, *args, **kwargs):
        group = self.autoscaling_groups.get(name)
        if group is not None:
            given = {key: kwargs.get(key) for key in ("min_size", "max_size", "desired_capacity")}
            minimum = given["min_size"] if given["min_size"] is not None else group.min_size
            maximum = given["max_size"] if given["max_size"] is not None else group.max_size
            check_bounds(minimum, maximum, given["desired_capacity"])
        return update_group(self, name, *args, **kwargs)

    set_group_capacity = AutoScalingBackend.set_desired_capacity

    def set_within_bounds(self):
        # Defect: no bound is checked (responses.py, set_desired_capacity). AWS: API_SetDesiredCapacity.
        name, desired = self._get_param("AutoScalingGroupName"), self._get_int_param("DesiredCapacity")
        group = self.autoscaling_backend.autoscaling_groups.get(name)
        if group is None:
            raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
        if desired > group.max_size:
            raise ValidationError(
                f"New SetDesiredCapacity value {desired} is above max value {group.max_size} for the AutoScalingGroup."
            )
        if desired < group.min_size:
            raise ValidationError(
                f"New SetDesiredCapacity value {desired} is below min value {group.min_size} for the AutoScalingGroup."
            )
        set_group_capacity(self.autoscaling_backend, name, desired)
        return EmptyResult()

    def delete_empty_group(self):
        # Defect: a group with instances is deleted without ForceDelete (responses.py, delete_auto_scaling_group).
        # AWS: API_DeleteAutoScalingGroup: "To remove all instances before calling DeleteAutoScalingGroup …";
        # ResourceInUse.
        name = self._get_param("AutoScalingGroupName")
        group = self.autoscaling_backend.autoscaling_groups.get(name)
        if group is not None and group.instance_states and not self._get_bool_param("ForceDelete", False):
            raise AutoscalingClientError(
                "ResourceInUse",
                "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) "
                "still in the group.",
            )
        if group is not None:
            for state in group.instance_states:
                state.protected_from_scale_in = False  # deletion does not heed it, moto's way of deleting would
        self.autoscaling_backend.delete_auto_scaling_group(name)
        return EmptyResult()

    delete_configuration = AutoScalingBackend.delete_launch_configuration

    @wraps(delete_configuration)
    def delete_unused_configuration(self, launch_configuration_name):
        # Defect: one in use or unknown is deleted silently. AWS: API_DeleteLaunchConfiguration, ResourceInUse.
        for group in self.autoscaling_groups.values():
            if group.launch_configuration_name == launch_configuration_name:
                raise AutoscalingClientError(
                    "ResourceInUse",
                    f"Cannot delete launch configuration {launch_configuration_name} because it is attached to "
                    f"AutoScalingGroup {group.name}",
                )
        if launch_configuration_name not in self.launch_configurations:
            raise ValidationError(f"Launch configuration name not found - {launch_configuration_name}")
        return delete_configuration(self, launch_configuration_name)

    FakeAutoScalingGroup.launch_configuration_name = None  # moto gives it only to groups that have one
    FakeAutoScalingGroup.replace_autoscaling_group_instances = launch_and_note
    FakeAutoScalingGroup.set_desired_capacity = set_and_note
    AutoScalingBackend.create_auto_scaling_group = create_within_bounds
    AutoScalingBackend.update_auto_scaling_group = update_within_bounds
    AutoScalingBackend.terminate_instance = terminate_and_note
    AutoScalingBackend.delete_launch_configuration = delete_unused_configuration
    AutoScalingResponse.set_desired_capacity = set_within_bounds
    AutoScalingResponse.delete_auto_scaling_group = delete_empty_group
    AutoScalingResponse.describe_scaling_activities = describe_scaling_activities


def furnish_ec2() -> None:
    from furniture import furnish

    furnish()


MENDS = {
    "moto.ec2.models": furnish_ec2,
    "moto.ecs.models": mend_ecs,
    "moto.autoscaling.models": mend_auto_scaling,
}
