#!/bin/sh
# Give each part of tsuide the least rights in Kafka that it works with (StandardAuthorizer).
#   deploy/kafka/acls.sh kafka:9093 admin.properties
# $1: brokers; $2: the client properties of a user who may alter ACLs. The users themselves are made by kafka-configs.sh, see README.md.
# GROUP is TSUIDE_GROUP. Read and Write bring Describe along; an idempotent producer needs no more than Write.
set -eu
brokers=$1 admin=$2 group=${GROUP:-tsuide}

allow() {
  user=$1
  shift
  kafka-acls.sh --bootstrap-server "$brokers" --command-config "$admin" --add --allow-principal "User:$user" "$@" >/dev/null
}

inputs="--topic shop.clickstream.v1 --topic shop.cart.v1 --topic shop.consent.v1"
all="$inputs --topic shop.catalog.v1 --topic shop.suggestions.v1 --topic tsuide.memory.v1 --topic tsuide.training.v1"
all="$all --topic tsuide.models.v1 --topic tsuide.dead-letters.v1"

# tsuide topics create, tsuide topics check
allow tsuide-topics --operation Create --cluster
allow tsuide-topics --operation Describe --operation DescribeConfigs $all

# tsuide worker: reads the inputs in its group, follows catalogue, memory and models; a record in a wrong partition goes back to its topic
allow tsuide-worker --operation Read --group "$group" $inputs --topic shop.catalog.v1 --topic tsuide.memory.v1 --topic tsuide.models.v1
allow tsuide-worker --operation Write $inputs --topic shop.suggestions.v1 --topic tsuide.memory.v1 \
  --topic tsuide.training.v1 --topic tsuide.dead-letters.v1

# tsuide trainer
allow tsuide-trainer --operation Read --group "$group-trainer" --topic tsuide.training.v1 --topic tsuide.models.v1
allow tsuide-trainer --operation Write --topic tsuide.models.v1

# tsuide gateway: follows suggestions and the customers' will; browsers' events go to the inputs
allow tsuide-gateway --operation Read --topic shop.suggestions.v1 --topic shop.consent.v1
allow tsuide-gateway --operation Write $inputs

# tsuide catalog import, tsuide catalog withdraw
allow tsuide-catalog --operation Write --topic shop.catalog.v1

# tsuide lag, tsuide doctor: read only, join no group
allow tsuide-operations --operation Describe --operation DescribeConfigs $all
allow tsuide-operations --operation Read $inputs --topic tsuide.training.v1
allow tsuide-operations --operation Describe --group "$group" --group "$group-trainer"

# tsuide offsets reset: commits for the workers' group without joining it
allow tsuide-offsets --operation DescribeConfigs $inputs
allow tsuide-offsets --operation Read --group "$group" $inputs

# tsuide redrive: remembers in a group of its own what it has sent back
allow tsuide-redrive --operation Read --group "$group-redrive" --topic tsuide.dead-letters.v1
allow tsuide-redrive --operation Write $inputs

# tsuide replay --into kafka, tsuide replays, and the processes that belong to a replay: topics and groups that are named after one
for name in $(echo "$all" | sed 's/--topic//g'); do
  allow tsuide-replay --operation All --resource-pattern-type prefixed --topic "$name.replay."
done
allow tsuide-replay --operation Read --resource-pattern-type prefixed --group "$group.replay."
allow tsuide-replay --operation Read $inputs --topic shop.catalog.v1

# tsuide replay --into kafka --live: looks how far it came and where the shop's own events begin
allow tsuide-backfill --operation Read --operation Write --operation DescribeConfigs $inputs
allow tsuide-backfill --operation Describe --topic shop.catalog.v1 --topic tsuide.training.v1 --group "$group" --group "$group-trainer"
