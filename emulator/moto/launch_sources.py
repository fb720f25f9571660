"""The mends of launch templates and of a group's change from one launch source to another; see mends.py."""

from functools import wraps


def mend_user_data_of_later_versions() -> None:
    from moto.ec2.models.launch_templates import LaunchTemplate
    from moto.ec2.utils import parse_user_data

    create_version = LaunchTemplate.create_version

    @wraps(create_version)
    def with_user_data(self, data, description):
        # Defect: CreateLaunchTemplateVersion keeps user data as plain text, and launching from that version is a crash
        # (ec2/responses/launch_templates.py, create_launch_template_version; LaunchTemplateVersion.user_data).
        # AWS: API_RequestLaunchTemplateData, UserData is the same for every version.
        if data.get("UserData") is not None:
            data = {**data, "UserData": parse_user_data(data["UserData"])}
        return create_version(self, data, description)

    LaunchTemplate.create_version = with_user_data


def mend_change_of_launch_source() -> None:
    from moto.autoscaling.models import FakeAutoScalingGroup, InstanceState

    create = InstanceState.__init__

    @wraps(create)
    def with_launch_configuration(self, *args, **kwargs):
        # Defect: every instance shows the group's present launch configuration (InstanceState).
        # AWS: API_Instance, LaunchConfigurationName: "The launch configuration associated with the instance."
        create(self, *args, **kwargs)
        group = self.auto_scaling_group
        self.launched_from_configuration = group.launch_configuration_name if group.launch_config else None

    update = FakeAutoScalingGroup.update

    @wraps(update)
    def update_and_keep_policy(self, *args, **kwargs):
        # Defect: an update that names no launch source drops the mixed instances policy (FakeAutoScalingGroup.update).
        # AWS: API_UpdateAutoScalingGroup: "If you don't specify a parameter, its existing value is unchanged" in
        # substance; the group stays as it is.
        if not (kwargs["launch_config_name"] or kwargs["launch_template"] or kwargs.get("mixed_instances_policy")):
            kwargs["mixed_instances_policy"] = self.mixed_instances_policy or None
        return update(self, *args, **kwargs)

    set_source = FakeAutoScalingGroup._set_launch_configuration

    @wraps(set_source)
    def set_the_only_source(self, launch_config_name, launch_template, mixed_instances_policy):
        # Defect: a group that goes from a launch configuration to a launch template, or back, keeps both.
        # AWS: API_UpdateAutoScalingGroup: LaunchConfigurationName and LaunchTemplate exclude each other.
        if launch_config_name:
            self.ec2_launch_template = None
        elif launch_template or mixed_instances_policy:
            self.launch_config = None
            self.launch_configuration_name = None
        return set_source(self, launch_config_name, launch_template, mixed_instances_policy)

    InstanceState.__init__ = with_launch_configuration
    InstanceState.launch_configuration_name = property(lambda self: self.launched_from_configuration)
    FakeAutoScalingGroup.update = update_and_keep_policy
    FakeAutoScalingGroup._set_launch_configuration = set_the_only_source
