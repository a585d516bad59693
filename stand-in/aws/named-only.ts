import { arn, byName, onlyId, plain, type Types } from "../templates/cfn/naming.ts";
/** Types that templates may hold and that are named alone: nothing of them is played. */
export const namedOnlyTypes: Types = {
  "AWS::EC2::InternetGateway": onlyId,
  "AWS::EC2::Route": onlyId,
  "AWS::EC2::RouteTable": { ref: byName, attributes: { RouteTableId: byName } },
  "AWS::EC2::SecurityGroup": { ref: byName, attributes: { GroupId: byName } },
  "AWS::EC2::Subnet": { ref: byName, attributes: { SubnetId: byName } },
  "AWS::EC2::SubnetRouteTableAssociation": onlyId,
  "AWS::EC2::VPC": { ref: byName, attributes: { VpcId: byName } },
  "AWS::EC2::VPCGatewayAttachment": onlyId,
  "AWS::IAM::InstanceProfile": {
    ref: byName,
    attributes: { Arn: ({ name }) => arn("iam", `instance-profile/${name}`, true) },
    nameProperty: "InstanceProfileName",
  },
  "AWS::IAM::Policy": onlyId,
  "AWS::IAM::Role": {
    ref: byName,
    attributes: { Arn: ({ name }) => arn("iam", `role/${name}`, true) },
    nameProperty: "RoleName",
  },
  "AWS::Logs::LogGroup": plain("logs", (name) => `log-group:${name}:*`, "LogGroupName"),
};
