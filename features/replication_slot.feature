@P2 @replication-slot-unread
Feature: A replication slot that nobody reads does not fill the primary's disk

  For a slot that nobody reads the primary keeps all that is written. Customers notice nothing until
  the disk is full, and then nobody can order any more. It must be noticed long before that, and
  dropping it must cost neither an order nor the replica.

  Background:
    Given customers place 20 orders and run 2 exports a second
    And the ERP is in steady state

  @smoke
  Scenario: A slot is left behind on the primary
    When the "postgres" service suffers a replication slot that nobody reads
    Then the incident is detected by the "SlotUnread" alert within 5 minutes
    And the alert is taken back within 10 minutes
    And every step of the procedure works
    And no acknowledged order is lost
    And the replica has every acknowledged order
    And the incident record is complete
