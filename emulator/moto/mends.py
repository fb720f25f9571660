"""Where moto 5.2.5 differs from AWS in what a cluster's deployment rests on, mended.

Each mend names moto's defect (file and function, as read in 5.2.5) and where AWS documents the behaviour. Nothing here
knows of CloudFormation, of the hosts or of anything else of this project.
"""

import sys
from importlib import import_module

# What is mended once a module of moto's is loaded, in this order. Later ones build on earlier ones.
MENDS = {
    "moto.ec2.models": ["furniture"],
    "moto.ecs.models": ["container_instances"],
    "moto.autoscaling.models": ["launches", "refusals", "scaling_activities"],
}

mended: set[str] = set()


def mend_what_is_loaded() -> None:
    """moto loads a service when it is first asked for, so mends wait for it; one service may load another."""
    for module, mends in MENDS.items():
        if module in sys.modules and module not in mended:
            mended.add(module)
            for mend in mends:
                import_module(mend).apply()
