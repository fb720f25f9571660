"""The mends of what groups launch, and from what; see mends.py, which applies them.

Each replaces one method of moto's models with one that does what AWS documents.
"""

from copy import deepcopy
from functools import wraps
from itertools import cycle, islice

from moto.autoscaling.models import ASG_NAME_TAG, FakeAutoScalingGroup, InstanceState
from moto.core.types import Base64EncodedString
from moto.ec2.models.launch_templates import LaunchTemplateVersion
from moto.ec2.utils import parse_user_data


def apply() -> None:
    user_data_of_later_versions()
    launches()
    launch_source_of_each_instance()
    change_of_launch_source()


def user_data_of_later_versions() -> None:
    # Defect: CreateLaunchTemplateVersion keeps user data as plain text, and launching from that version is a crash
    # (ec2/responses/launch_templates.py, create_launch_template_version; LaunchTemplateVersion.user_data).
    # AWS: API_RequestLaunchTemplateData, UserData is the same for every version.
    def user_data(self):
        given = self.data.get("UserData")
        return given if isinstance(given, Base64EncodedString) else parse_user_data(given)

    LaunchTemplateVersion.user_data = property(user_data)


def launches() -> None:
    # Defects of replace_autoscaling_group_instances: instances get no instance profile; key pair, security groups,
    # disks and metadata options are those of the launch template's default version, whatever version the group uses;
    # and all go into one subnet. AWS: API_LaunchTemplateSpecification; "Amazon EC2 Auto Scaling attempts to distribute
    # instances evenly between the Availability Zones that are enabled" (Add and remove Availability Zones); of a tag
    # that both have, the group's value counts (Tag Auto Scaling groups and instances).
    def launch(self, count_needed, propagated_tags):
        tags = {**self.instance_tags, **propagated_tags, ASG_NAME_TAG: self.name}
        ec2 = self.autoscaling_backend.ec2_backend
        template, data = version_of(self)
        configuration = None if template else self.launch_config
        nic = (data.get("NetworkInterfaces") or [{}])[0]
        public_ip = configuration.associate_public_ip_address if configuration else nic.get("AssociatePublicIpAddress")
        for subnet_id, zone in next_places(self, count_needed):
            reservation = ec2.run_instances(
                self.image_id,
                1,
                self.user_data,
                self.security_groups,
                instance_type=self.instance_type,
                key_name=configuration.key_name if configuration else data.get("KeyName"),
                security_group_ids=data.get("SecurityGroupIds") or nic.get("Groups") or [],
                metadata_options=data.get("MetadataOptions") or {},
                tags={"instance": tags},
                placement=zone,
                launch_config=configuration,
                launch_template=template,
                is_instance_type_default=False,
                associate_public_ip=public_ip,
                subnet_id=subnet_id,
            )
            for instance in reservation.instances:
                instance.autoscaling_group = self
                associate_profile(self, instance, data)
                protected = self.new_instances_protected_from_scale_in
                self.instance_states.append(InstanceState(instance, protected_from_scale_in=protected))

    FakeAutoScalingGroup.replace_autoscaling_group_instances = launch


def version_of(group):
    """The launch template's version that the group names, as RunInstances takes it, and its data."""
    if not group.ec2_launch_template:
        return None, {}
    version = group.ec2_launch_template.get_version(group.launch_template_version)
    template = {"LaunchTemplateId": group.ec2_launch_template.id, "Version": str(version.number)}
    return template, version.data


def next_places(group, count):
    """Subnet and zone of each instance to launch, the emptiest first."""
    zones = group.availability_zones
    if not group.vpc_zone_identifier:
        return islice(cycle((None, zone) for zone in zones), count)
    subnets = group.vpc_zone_identifier.split(",")
    held = [state.instance.subnet_id for state in group.instance_states]
    by_load = sorted(subnets, key=held.count)
    return islice(cycle((subnet, None) for subnet in by_load), count)


def associate_profile(group, instance, data) -> None:
    profile = data.get("IamInstanceProfile") or {}
    given = profile.get("Arn") or profile.get("Name")
    if not group.ec2_launch_template:
        given = group.launch_config.iam_instance_profile
    if given:
        key = "iam_instance_profile_arn" if given.startswith("arn:") else "iam_instance_profile_name"
        group.autoscaling_backend.ec2_backend.associate_iam_instance_profile(instance.id, **{key: given})


def launch_source_of_each_instance() -> None:
    # Defect: every instance shows the launch template's default version and the group's present launch configuration
    # (InstanceState). AWS: API_Instance: "The launch template for the instance", "The launch configuration associated
    # with the instance", as it was launched.
    create = InstanceState.__init__

    @wraps(create)
    def create_with_source(self, *args, **kwargs):
        create(self, *args, **kwargs)
        group = self.auto_scaling_group
        template, _ = version_of(group)
        self.launched_from_template = template and {**template, "LaunchTemplateName": group.ec2_launch_template.name}
        self.launched_from_configuration = group.launch_config.name if group.launch_config and not template else None

    InstanceState.__init__ = create_with_source
    InstanceState.launch_template = property(lambda self: self.launched_from_template)
    InstanceState.launch_configuration_name = property(lambda self: self.launched_from_configuration)


def change_of_launch_source() -> None:
    # Defect: a group that goes from a launch configuration to a launch template, or back, keeps both; an update that
    # names no launch source drops a mixed instances policy (FakeAutoScalingGroup._set_launch_configuration, update).
    # AWS: API_UpdateAutoScalingGroup: the launch sources exclude each other, and what is not named stays.
    update = FakeAutoScalingGroup.update
    set_source = FakeAutoScalingGroup._set_launch_configuration

    @wraps(update)
    def update_and_keep_policy(self, *args, **kwargs):
        named = kwargs["launch_config_name"] or kwargs["launch_template"] or kwargs.get("mixed_instances_policy")
        if not named and self.mixed_instances_policy:
            kept = deepcopy(self.mixed_instances_policy)
            # moto has filled in both, and takes only one.
            kept["LaunchTemplate"]["LaunchTemplateSpecification"].pop("LaunchTemplateName", None)
            kwargs["mixed_instances_policy"] = kept
        return update(self, *args, **kwargs)

    @wraps(set_source)
    def set_the_only_source(self, launch_config_name, launch_template, mixed_instances_policy):
        if launch_config_name:
            self.ec2_launch_template = None
        elif launch_template or mixed_instances_policy:
            self.launch_config = None
            self.launch_configuration_name = None
        return set_source(self, launch_config_name, launch_template, mixed_instances_policy)

    FakeAutoScalingGroup.update = update_and_keep_policy
    FakeAutoScalingGroup._set_launch_configuration = set_the_only_source
