Feature: The ERP survives a network that does not carry everything

  One instance does not reach the database any more, or is not reached, or only slowly; names are
  not found. Others do reach each other. What cannot be done must not be lost, and nobody may be
  told that it was done.

  Background:
    Given customers place 20 orders and run 2 exports a second
    And the ERP is in steady state

  @P2 @network-failure
  @smoke
  Scenario: An application instance is cut off from the primary
    When one "app" instance suffers a partition from "postgres"
    Then the incident is detected by the "InstanceCutOff" alert within 5 minutes
    And service is restored within 15 minutes
    And the alert is taken back within 15 minutes
    And no acknowledged order is lost
    And no acknowledged order is altered
    And no order is stored twice
    And the incident record is complete

  @P2 @network-failure
  Scenario Outline: An application instance suffers <fault>
    When one "app" instance suffers <fault>
    Then the incident is detected by the "<alert>" alert within 5 minutes
    And service is restored within 15 minutes
    And no acknowledged order is lost
    And no order is stored twice
    And the incident record is complete

    Examples:
      | fault                                  | alert           |
      | a one-way partition from "postgres"    | InstanceCutOff  |
      | refused connections to "postgres"      | InstanceCutOff  |
      | packet loss of 80 % towards "postgres" | InstanceCutOff  |
      | a partition from "postgres-replica"    | InstanceCutOff  |
      | a partition from "nginx"               | InstanceUnasked |

  @P2 @customers-cut-off
  Scenario Outline: The load balancer suffers <fault>
    When the "nginx" service suffers <fault>
    Then the incident is detected by the "CustomersCutOff" alert within 5 minutes
    And service is restored within 15 minutes
    And no acknowledged order is lost
    And no order is stored twice
    And the incident record is complete

    Examples:
      | fault                                  |
      | lookups of "app" that nobody answers   |
      | lookups of "app" that find no such name |
      | lookups of "app" that find a wrong address |

  @P2 @application-slow
  Scenario: The link between an application instance and the read replica is slow
    When one "app" instance suffers a bandwidth of 20 KiB a second towards "postgres-replica"
    Then the incident is detected by the "InstanceSlow" alert within 5 minutes
    And service is restored within 15 minutes
    And no acknowledged order is lost
    And the incident record is complete

  @P2 @network-failure
  Scenario: All connections of an application instance to the primary break at once
    Each opens another one, and nobody is paged for what is over by then. An order that was under
    way may fail in the customer's eyes; none that was acknowledged may be lost, and none doubled.

    When one "app" instance suffers a reset of all connections with "postgres"
    Then service is restored within 1 minute
    And at least 90 % of "orders" succeed in time
    And no acknowledged order is lost
    And no acknowledged order is altered
    And no order is stored twice
