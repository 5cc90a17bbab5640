@P2 @disk-full
Feature: The ERP survives a disk that runs full

  Data, WAL and logs have disks of their own. One that is full is noticed while customers are still
  served, what takes the room and is no data is removed, and no order that was acknowledged is lost.
  A primary that finds no room for its WAL stops: then it has to be started again.

  Background:
    Given customers place 20 orders and run 2 exports a second
    And the ERP is in steady state

  @smoke
  Scenario: The primary's disk for data is full
    When the "postgres-data" volume of the "postgres" service is filled but for 64 KiB
    Then the incident is detected by the "DiskFull" alert within 1 minute
    And service is restored within 15 minutes
    And the alert is taken back within 15 minutes
    And no acknowledged order is lost
    And no order is stored twice
    And the incident record is complete

  Scenario: The primary's disk for the WAL is full
    When the "postgres-wal" volume of the "postgres" service is filled
    Then the incident is detected by the "DiskFull" alert within 1 minute
    And service is restored within 15 minutes
    And once repaired, the replica streams with a lag of at most 1 second
    And no acknowledged order is lost
    And no order is stored twice
    And the incident record is complete

  Scenario: The load balancer's disk for logs is full
    When the "logs" volume of the "nginx" service is filled
    Then the incident is detected by the "DiskFull" alert within 1 minute
    And the alert is taken back within 15 minutes
    And no acknowledged order is lost
    And the incident record is complete

  Scenario: The primary's disk for data takes no more files
    When the "postgres" service suffers a "postgres-data" volume without inodes
    Then the incident is detected by the "InodesUsedUp" alert within 1 minute
    And the alert is taken back within 15 minutes
    And no acknowledged order is lost
    And no order is stored twice
    And the incident record is complete
