"""The mends of ECS: container instances and the clusters that have them; see mends.py, which applies them."""

from functools import wraps

from moto.ec2.models import ec2_backends
from moto.ecs.exceptions import ClusterNotFoundException, ECSException, EcsClientException
from moto.ecs.models import EC2ContainerServiceBackend as Backend


def apply() -> None:
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
