@P1 @monitoring-silent
Feature: Somebody is told when the monitoring itself falls silent

  A monitoring that is gone raises no alarm. Its heartbeat reaches the pager all the
  time, and the pager calls when it stays away, however that came about.

  Background:
    Given customers place 10 orders and run 2 exports a second
    And the ERP is in steady state

  Scenario Outline: <what>
    When the <fault>
    Then the incident is detected by the "MonitoringSilent" alert within 1 minute
    And the alert is taken back within 15 minutes
    And exports keep working
    And no acknowledged order is lost
    And the incident record is complete

    @smoke
    Examples: Something of it is gone
      | what               | fault                      |
      | Prometheus is gone | "prometheus" service stops |

    Examples: Its words do not arrive
      | what                        | fault                                                                       |
      | Alertmanager is cut off     | link between the "alertmanager" service and the "prometheus" service is cut |
      | The pager cannot be reached | link between the "alertmanager" service and the "pager" service is cut      |
