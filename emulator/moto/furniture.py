"""What stands in the local AWS before anyone has made anything, with ids that environment files can name.

moto gives every account and region a default VPC with one subnet a zone, under ids drawn by lot. In us-east-1 of the
account that moto takes every unknown access key for, the VPC and its first two subnets have the ids below instead, and
the image of examples/todobackend is there. It is all made when the region's EC2 is first spoken to, as moto does.
"""

from unittest.mock import patch

from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models import EC2Backend
from moto.ec2.models import subnets
from moto.ec2.models.amis import Ami

REGION = "us-east-1"
VPC = "vpc-f8233a80"
SUBNETS = ["subnet-a5d3ecee", "subnet-324e246f"]
TODOBACKEND_IMAGE = "ami-0a0c6b4a2c1d8e7f3"


def apply() -> None:
    """Has to be called after EC2's code is loaded and before its first region is made."""
    make_default_vpc = EC2Backend.create_default_vpc

    def create_default_vpc(self: EC2Backend):
        first_here = not self.vpcs
        if not (first_here and self.region_name == REGION and self.account_id == DEFAULT_ACCOUNT_ID):
            return make_default_vpc(self)
        subnet_ids = iter(SUBNETS)
        by_lot = subnets.random_subnet_id
        with (
            patch("moto.ec2.models.vpcs.random_vpc_id", lambda: VPC),
            patch("moto.ec2.models.subnets.random_subnet_id", lambda: next(subnet_ids, None) or by_lot()),
        ):
            vpc = make_default_vpc(self)
        self.amis[TODOBACKEND_IMAGE] = Ami(
            self,
            TODOBACKEND_IMAGE,
            name="todobackend-ecs",
            description="examples/todobackend/image",
            owner_id=self.account_id,
            virtualization_type="hvm",
            architecture="x86_64",
            hypervisor="xen",
            root_device_type="ebs",
            root_device_name="/dev/xvda",
        )
        return vpc

    EC2Backend.create_default_vpc = create_default_vpc
