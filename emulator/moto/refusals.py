"""The mends of what Auto Scaling refuses; see mends.py, which applies them."""

from functools import wraps

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import EmptyResult
from moto.ec2.utils import filter_iam_instance_profiles


def check_bounds(minimum, maximum, desired):
    # AWS: API_CreateAutoScalingGroup: "This number must be greater than or equal to the minimum size of the group
    # and less than or equal to the maximum size of the group"; ValidationError.
    if minimum is not None and maximum is not None and minimum > maximum:
        raise ValidationError(f"Max bound, {maximum}, must be greater than or equal to min bound, {minimum}")
    if desired is not None and not (minimum or 0) <= desired <= (maximum if maximum is not None else desired):
        raise ValidationError(
            f"Desired capacity:{desired} must be between the specified min size:{minimum} and max size:{maximum}"
        )


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


def apply() -> None:
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

    terminate_instance = AutoScalingBackend.terminate_instance

    @wraps(terminate_instance)
    def terminate_within_bounds(self, instance_id, should_decrement):
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
        return terminate_instance(self, instance_id, should_decrement)

    launch = FakeAutoScalingGroup.replace_autoscaling_group_instances

    @wraps(launch)
    def launch_with_a_profile(self, count_needed, propagated_tags):
        profile = profile_of(self)
        if profile:
            check_profile(self, profile)
        launch(self, count_needed, propagated_tags)

    FakeAutoScalingGroup.launch_configuration_name = None  # moto gives it only to groups that have one
    FakeAutoScalingGroup.replace_autoscaling_group_instances = launch_with_a_profile
    AutoScalingBackend.create_auto_scaling_group = create_within_bounds
    AutoScalingBackend.update_auto_scaling_group = update_within_bounds
    AutoScalingBackend.terminate_instance = terminate_within_bounds
    AutoScalingBackend.delete_launch_configuration = delete_unused_configuration
    AutoScalingResponse.set_desired_capacity = set_within_bounds
    AutoScalingResponse.delete_auto_scaling_group = delete_empty_group
